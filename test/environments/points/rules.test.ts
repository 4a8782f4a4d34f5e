import { expect } from "chai";
import fc from "fast-check";
import type { Environment, EnvironmentDefinition } from "../../../ts/environments/environment.ts";
import { ezPoints, points24 } from "../../../ts/environments/points/points.ts";
import { EZPOINTS, POINTS24, type PointsAction } from "../../../ts/environments/points/rules.ts";
import { EnvironmentError } from "../../../ts/errors.ts";

const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed);

interface Played {
  rewards: number[];
  formula: string;
  ending: "running" | "terminated" | "truncated";
}

describe("EZPoints' rules", () => {
  const playEz = (cards: string[], ...actions: PointsAction[]) => played(ezPoints, cards, actions);

  it("knows 1 to 10, +, * and =, and seven steps", () => {
    const { factors, horizon } = ezPoints.create({ prompt: "full" }).spec;
    expect(factors).to.deep.equal([{ name: "action", labels: "1 2 3 4 5 6 7 8 9 10 + * =".split(" ") }]);
    expect(horizon).to.equal(7);
  });

  it("pays 10 for = when the formula makes 12 of both cards", async () => {
    const won: Played = { rewards: [0, 0, 0, 10], formula: "7+5=", ending: "terminated" };
    expect(await playEz(["H7", "S5"], "7", "+", "5", "=")).to.deep.equal(won);
    expect(await playEz(["S5", "H7"], "7", "+", "5", "=")).to.deep.equal(won);
    expect((await playEz(["C6", "D2"], "2", "*", "6", "=")).rewards.at(-1)).to.equal(10);
  });

  it("counts face cards as 10, which 10 alone uses", async () => {
    for (const face of ["HT", "HJ", "HQ", "HK"]) {
      expect((await playEz([face, "S2"], "10", "+", "2", "=")).rewards).to.deep.equal([0, 0, 0, 10]);
      expect((await playEz([face, "S2"], "1")).rewards).to.deep.equal([-1]);
    }
  });

  it("loses by = before both cards are used, on another value, or on what has none", async () => {
    for (const actions of [["="], ["7", "="], ["7", "*", "5", "="], ["7", "+", "="], ["7", "5", "="], ["+", "="]]) {
      const { rewards, ending } = await playEz(["H7", "S5"], ...(actions as PointsAction[]));
      expect([rewards.at(-1), ending], actions.join(" ")).to.deep.equal([-1, "terminated"]);
    }
    // One card alone is worth the target of no hand, so that only the count of cards can refuse it.
    const power: PointsAction[] = ["6", "*", "*", "2", "="];
    expect((await playEz(["H6", "S2"], ...power)).rewards).to.deep.equal([0, 0, 0, 0, -1]);
  });

  it("leaves a blank, for -1, where a number is not among the unused cards", async () => {
    expect(await playEz(["H7", "S5"], "3", "7", "7")).to.deep.equal({
      rewards: [-1, 0, -1],
      formula: " 7 ",
      ending: "running",
    });
  });

  it("reads over blanks when it evaluates", async () => {
    const { rewards } = await playEz(["H7", "S5"], "7", "7", "+", "5", "=");
    expect(rewards).to.deep.equal([0, -1, 0, 0, 10]);
  });

  it("uses a pair's number twice, and not a third time", async () => {
    expect((await playEz(["H6", "S6"], "6", "+", "6", "6", "=")).rewards).to.deep.equal([0, 0, 0, -1, 10]);
  });

  it("is cut off for -1 by whatever follows the sixth element, which = may still be", async () => {
    const five: PointsAction[] = ["+", "+", "7", "+", "5"];
    expect(await playEz(["H7", "S5"], ...five, "=")).to.deep.include({ formula: "++7+5=", ending: "terminated" });
    for (const last of ["=", "+", "7"] as const) {
      const six: PointsAction[] = ["7", "+", "5", "+", "+", "+"];
      expect((await playEz(["H7", "S5"], ...six)).ending).to.equal("running");
      expect(await playEz(["H7", "S5"], ...six, last)).to.deep.equal({
        rewards: [0, 0, 0, 0, 0, 0, -1],
        formula: "7+5+++",
        ending: "truncated",
      });
    }
  });

  it("deals only pairs for 12, drawn as the reference draws them", async () => {
    const environment = ezPoints.create({ prompt: "full" });
    const counts = new Map<string, number>();
    for (const seed of SEEDS) {
      const pair = (await cardsOf(environment, seed)).map(pointsOfName).sort((one, other) => one - other);
      counts.set(pair.join(), (counts.get(pair.join()) ?? 0) + 1);
    }
    // Of the twelve first cards: 2, 3, 4 and 6 go by product half of the time; four count 10.
    const shares = { "2,6": 1, "2,10": 4.5, "3,4": 1, "3,9": 1.5, "4,8": 1.5, "6,6": 0.5, "5,7": 2 };
    expect([...counts.keys()]).to.have.members(Object.keys(shares));
    for (const [pair, share] of Object.entries(shares)) {
      const expected = (SEEDS.length * share) / 12;
      expect(counts.get(pair), pair).to.be.closeTo(expected, 4 * Math.sqrt(expected));
    }
  });

  it("shows the first drawn card on either side as often", async () => {
    const environment = ezPoints.create({ prompt: "full" });
    const facesLeft = [];
    for (const seed of SEEDS) {
      const isFace = (await cardsOf(environment, seed)).map((name) => /[JQK]$/.test(name));
      if (isFace.includes(true)) facesLeft.push(isFace[0]);
    }
    const left = facesLeft.filter((isLeft) => isLeft).length;
    expect(left / facesLeft.length).to.be.closeTo(0.5, 4 * Math.sqrt(0.25 / facesLeft.length));
  });

  for (const cards of [["H7"], ["H7", "S5", "S5"], ["H7", "X5"], ["H7", "S1"], ["H7", "S6"], ["HA", "S2"], "H7", [7]]) {
    refuses(ezPoints, { cards });
  }
});

describe("Points24's rules", () => {
  const play24 = (cards: string[], ...actions: PointsAction[]) => played(points24, cards, actions);

  it("knows 1 to 10, + - * /, parentheses and =, and 22 steps", () => {
    const { factors, horizon } = points24.create({ prompt: "full" }).spec;
    expect(factors[0]?.labels).to.deep.equal("1 2 3 4 5 6 7 8 9 10 + - * / ( ) =".split(" "));
    expect(horizon).to.equal(22);
  });

  it("pays 10 for an exact 24, also by way of fractions", async () => {
    const formula: PointsAction[] = ["8", "/", "(", "3", "-", "8", "/", "3", ")", "="];
    const { rewards, ending } = await play24(["H8", "S3", "D3", "D8"], ...formula);
    expect([rewards.slice(0, -1), rewards.at(-1), ending]).to.deep.equal([Array(9).fill(0), 10, "terminated"]);
    const faces: PointsAction[] = ["(", "10", "*", "10", "-", "4", ")", "/", "4", "="];
    expect((await play24(["HK", "S4", "D4", "DT"], ...faces)).rewards.at(-1)).to.equal(10);
  });

  it("loses where numbers stand together, also those that would make 24 as digits", async () => {
    const digits: PointsAction[] = ["2", "4", "+", "5", "-", "5", "="];
    expect((await play24(["H2", "S4", "D5", "D5"], ...digits)).rewards).to.deep.equal([0, 0, 0, 0, 0, 0, -1]);
  });

  it("loses by dividing by zero, by ** and by //", async () => {
    const cards = ["H2", "S2", "D6", "D4"];
    for (const text of ["6 * 4 / ( 2 - 2 ) =", "6 * 4 + 2 - 2 * * =", "6 * 4 * 2 / / 2 ="]) {
      expect((await play24(cards, ...(text.split(" ") as PointsAction[]))).rewards.at(-1), text).to.equal(-1);
    }
  });

  it("is cut off for -1 by whatever follows the 21st element", async () => {
    const brackets: PointsAction[] = Array(21).fill("(");
    expect((await play24(["H2", "S2", "D6", "D4"], ...brackets)).ending).to.equal("running");
    const { rewards, ending } = await play24(["H2", "S2", "D6", "D4"], ...brackets, "=");
    expect([rewards.length, rewards.at(-1), ending]).to.deep.equal([22, -1, "truncated"]);
  });

  it("tells whether the hand has a solution", async () => {
    const environment = points24.create({ prompt: "full" });
    for (const [cards, isSolvable] of [
      [["HA", "SA", "DA", "CA"], false],
      [["HA", "S5", "D5", "C5"], true],
    ] as const) {
      await environment.reset({ seed: 0, options: { cards } });
      const { info } = await environment.step("(");
      expect(info).to.deep.equal({ cards, formula: "(", isSolvable });
      const last = await environment.step("=");
      expect(last).to.include({ terminated: true, kind: isSolvable ? "solvable" : "not solvable" });
    }
  });

  it("draws each of the 52 cards at each place alike", async () => {
    const environment = points24.create({ prompt: "full" });
    const counts = new Map<string, number>();
    for (const seed of SEEDS) {
      const hand = await cardsOf(environment, seed);
      expect(hand).to.have.length(4);
      for (const [place, name] of hand.entries()) {
        for (const key of [`${place} ${name[0]}`, `${place} ${name[1]}`]) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    expect(counts).to.have.length(4 * (4 + 13));
    for (const [key, count] of counts) {
      const expected = SEEDS.length / ("HDCS".includes(key.at(-1) as string) ? 4 : 13);
      expect(count, key).to.be.closeTo(expected, 4.5 * Math.sqrt(expected));
    }
  });

  for (const cards of [["H7", "S5"], ["H7", "S5", "D5", "D11"], [], null]) refuses(points24, { cards });
});

for (const [definition, game] of [
  [ezPoints, EZPOINTS],
  [points24, POINTS24],
] as const) {
  describe(`${game.id} under any play`, () => {
    it("takes every action until it is over, pays -1, 0 or 10, and goes on from its state", async () => {
      const environment = definition.create({ prompt: "brief" });
      const restored = definition.create({ prompt: "brief" });
      const actions = fc.array(fc.constantFrom(...game.actions), { minLength: 22, maxLength: 22 });
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 0xffff_ffff }), actions, async (seed, chosen) => {
          await environment.reset({ seed });
          for (const action of chosen) {
            await restored.restore(environment.state());
            const result = await environment.step(action);
            expect(await restored.step(action)).to.deep.equal(result);
            expect([-1, 0, 10]).to.include(result.reward);
            if (result.reward === 10) expect(result.terminated).to.equal(true);
            if (result.terminated || result.truncated) return;
          }
          expect.fail("the episode did not end");
        }),
        { numRuns: 10 },
      );
    });

    it("refuses a state whose steps do not fit its formula", async () => {
      const environment = definition.create({ prompt: "full" });
      await environment.reset({ seed: 1 });
      const state = environment.state() as object;
      for (const wrong of [{ steps: 1 }, { formula: ["+"] }, { formula: ["x"], steps: 1 }, { cards: ["H1"] }]) {
        const error = await environment.restore({ ...state, ...wrong }).catch((thrown: unknown) => thrown);
        expect(error, JSON.stringify(wrong)).to.be.instanceOf(EnvironmentError);
      }
    });
  });

  describe(`f^parse of ${game.id}`, () => {
    const environment = definition.create({ prompt: "full" });
    const parse = (answer: string) => {
      const utterance = `{"cards": ["10", "2"], "thoughts": "1 then 10", "action": ${answer}}`;
      const result = environment.parse(utterance, { prompt: "" });
      return result.kind === "invalid" ? result : { ...result, span: utterance.slice(...result.span) };
    };

    it("reads each action back, 10 never as 1, and spans the action alone", () => {
      for (const action of game.actions) {
        expect(parse(`"${action}"`)).to.deep.equal({ kind: "action", action, factors: { action }, span: action });
      }
      expect(parse('"10" or "10"')).to.include({ kind: "action", action: "10", span: "10" });
    });

    it("is ambiguous about 10 and 1 side by side, and about two actions", () => {
      for (const answer of ['"10 1"', '"101"', '"12"', '"5+"']) {
        expect(parse(answer), answer).to.deep.include({ kind: "invalid", reason: "ambiguous-action" });
      }
    });

    it("falls back to any of the game's actions", () => {
      const fallback = { kind: "random", among: game.actions };
      expect(parse('"none"')).to.deep.equal({ kind: "invalid", reason: "no-legal-action", fallback });
    });
  });
}

async function played(
  definition: typeof ezPoints,
  cards: readonly string[],
  actions: readonly PointsAction[],
): Promise<Played> {
  const environment = definition.create({ prompt: "full" });
  await environment.reset({ seed: 0, options: { cards } });
  const rewards: number[] = [];
  let ending: Played["ending"] = "running";
  for (const action of actions) {
    const { reward, terminated, truncated } = await environment.step(action);
    rewards.push(reward);
    ending = terminated ? "terminated" : truncated ? "truncated" : "running";
  }
  const { formula } = environment.state() as { formula: string[] };
  return { rewards, formula: formula.join(""), ending };
}

async function cardsOf(environment: Environment<PointsAction>, seed: number): Promise<string[]> {
  await environment.reset({ seed });
  return (environment.state() as { cards: string[] }).cards;
}

function pointsOfName(name: string): number {
  return Math.min(10, "A23456789TJQK".indexOf(name.charAt(1)) + 1);
}

function refuses(definition: Pick<EnvironmentDefinition, "id"> & typeof ezPoints, options: { cards: unknown }): void {
  it(`refuses to start from ${JSON.stringify(options)}, and says what came`, async () => {
    const error = await definition
      .create({ prompt: "full" })
      .reset({ seed: 0, options })
      .catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EnvironmentError);
    expect((error as Error).message).to.contain(JSON.stringify(options));
  });
}
