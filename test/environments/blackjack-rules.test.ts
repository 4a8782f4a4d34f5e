import { expect } from "chai";
import { blackjack } from "../../ts/environments/blackjack/blackjack.ts";
import {
  type BlackjackAction,
  cardValue,
  countHand,
  deal,
  drawCard,
  play,
} from "../../ts/environments/blackjack/rules.ts";
import { parseCard } from "../../ts/environments/cards/card.ts";
import { EnvironmentError } from "../../ts/errors.ts";
import { RandomStream } from "../../ts/random.ts";

/** A game played out on a given deck: what each step paid, and both totals at its end. */
async function outcome(deck: readonly number[], actions: readonly BlackjackAction[]) {
  const environment = blackjack.create({ prompt: "full" });
  await environment.reset({ seed: 0, options: { deck } });
  const steps = [];
  for (const action of actions) steps.push(await environment.step(action));
  const last = steps.at(-1);
  expect(last?.truncated).to.equal(false);
  expect(last?.success).to.equal(undefined);
  return {
    rewards: steps.map(({ reward }) => reward),
    terminated: steps.map(({ terminated }) => terminated),
    totals: [last?.info.dealer, last?.info.player],
  };
}

describe("Blackjack's rules", () => {
  it("count an ace as 11 where that does not bust, one at most", () => {
    const count = (...names: readonly string[]) => countHand(names.map(parseCard));
    expect(count("HA", "S6")).to.deep.equal({ total: 17, isSoft: true });
    expect(count("HA", "S6", "C5")).to.deep.equal({ total: 12, isSoft: false });
    expect(count("HA", "SA")).to.deep.equal({ total: 12, isSoft: true });
    expect(count("HK", "DQ", "SA")).to.deep.equal({ total: 21, isSoft: false });
    expect(count("CT", "DJ", "S2")).to.deep.equal({ total: 22, isSoft: false });
  });

  const games: { name: string; deck: number[]; actions: BlackjackAction[]; rewards: number[]; totals: number[] }[] = [
    {
      name: "pay 1 for more than the dealer",
      deck: [10, 7, 10, 8],
      actions: ["stand"],
      rewards: [1],
      totals: [17, 18],
    },
    { name: "pay 0 for as much", deck: [10, 8, 9, 9], actions: ["stand"], rewards: [0], totals: [18, 18] },
    { name: "pay -1 for less", deck: [10, 9, 10, 8], actions: ["stand"], rewards: [-1], totals: [19, 18] },
    { name: "pay -1 at once on a bust", deck: [10, 6, 10, 6, 10], actions: ["hit"], rewards: [-1], totals: [16, 26] },
    { name: "pay 1 when the dealer busts", deck: [10, 6, 2, 2, 10], actions: ["stand"], rewards: [1], totals: [26, 4] },
    { name: "pay no bonus for a natural", deck: [10, 9, 1, 10], actions: ["stand"], rewards: [1], totals: [19, 21] },
    {
      name: "do not put a natural above 21",
      deck: [7, 7, 1, 10, 7],
      actions: ["stand"],
      rewards: [0],
      totals: [21, 21],
    },
    {
      name: "let the dealer stand on a soft 17",
      deck: [1, 6, 10, 8, 4],
      actions: ["stand"],
      rewards: [1],
      totals: [17, 18],
    },
    {
      name: "let the dealer draw below 17, after the player's own cards",
      deck: [2, 3, 5, 5, 6, 1, 10, 2],
      actions: ["hit", "hit", "stand"],
      rewards: [0, 0, 0],
      totals: [17, 17],
    },
  ];
  for (const { name, deck, actions, rewards, totals } of games) {
    it(name, async () => {
      const ended = await outcome(deck, actions);
      expect(ended.rewards).to.deep.equal(rewards);
      expect(ended.totals).to.deep.equal(totals);
      expect(ended.terminated).to.deep.equal(actions.map((_, index) => index === actions.length - 1));
    });
  }

  it("let the longest hand, of aces alone, bust at the horizon", async () => {
    const actions = Array.from({ length: 20 }, () => "hit" as const);
    const { terminated, totals } = await outcome(new Array(24).fill(1), actions);
    expect(terminated.indexOf(true)).to.equal(blackjack.create({ prompt: "full" }).spec.horizon - 1);
    expect(totals).to.deep.equal([12, 22]);
  });

  it("deal values equally often, but for 10, which comes four times as often", () => {
    const random = new RandomStream(3);
    const counts = new Array<number>(11).fill(0);
    for (let card = 0; card < 13_000; card++) {
      const value = cardValue(drawCard(random));
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (let value = 1; value <= 10; value++) {
      const expected = value === 10 ? 4000 : 1000;
      expect(counts[value], `value ${value}`).to.be.closeTo(expected, 4 * Math.sqrt(expected));
    }
  });

  it("let hitting below 17 win 40.8 % of 20,000 games, at -0.077 a game", () => {
    const random = new RandomStream(2026);
    const draw = () => drawCard(random);
    let wins = 0;
    let sum = 0;
    for (let game = 0; game < 20_000; game++) {
      let state = deal(draw);
      let reward = 0;
      while (countHand(state.player).total < 17) ({ state, reward } = play(state, "hit", draw));
      if (reward === 0) ({ reward } = play(state, "stand", draw));
      wins += reward > 0 ? 1 : 0;
      sum += reward;
    }
    expect(wins / 20_000).to.be.closeTo(0.408, 0.01);
    expect(sum / 20_000).to.be.closeTo(-0.077, 0.02);
  });

  it("draw on when the deck is used up, as the seed has it", async () => {
    const ends = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const environment = blackjack.create({ prompt: "full" });
      await environment.reset({ seed, options: { deck: [10, 6, 5, 5] } });
      const { info } = await environment.step("hit");
      expect(info.dealer).to.equal(16);
      ends.add(String(info.player));
    }
    expect(ends.size).to.be.above(5);
  });

  for (const options of [
    { deck: [0] },
    { deck: [11] },
    { deck: [1.5] },
    { deck: ["H7"] },
    { deck: 7 },
    { cards: [7] },
  ]) {
    it(`refuse to start from ${JSON.stringify(options)}, and say what came`, async () => {
      const environment = blackjack.create({ prompt: "full" });
      const error = await environment.reset({ seed: 0, options }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(EnvironmentError);
      expect((error as Error).message).to.contain(JSON.stringify(options));
    });
  }
});
