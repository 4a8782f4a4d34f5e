import { expect } from "chai";
import { type DemonstrationQuality, demonstrate } from "../../ts/environments/blackjack/demonstrations.ts";
import { BLACKJACK_ACTIONS } from "../../ts/environments/blackjack/rules.ts";
import { basicStrategy } from "../../ts/environments/blackjack/strategy.ts";
import { isJsonObject } from "../../ts/parsing/json-validity.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";
import { RandomStream } from "../../ts/random.ts";

const EXPERT: DemonstrationQuality = { misplayRate: 0, malformedRate: 0 };
const COUNT = 1500;

function utterances(quality: DemonstrationQuality): string[] {
  return Array.from(demonstrate(COUNT, new RandomStream(5), "prompt", quality), ({ utterance }) => utterance);
}

/** Of those whose thoughts name both hands, whether the action is basic strategy's. */
function agreements(from: readonly string[]): boolean[] {
  return from.flatMap((utterance) => {
    const [, kind, total, rank, action] =
      /"A (soft|hard) (\d+) against (\w+)\.", "action": "(\w+)"/.exec(utterance) ?? [];
    if (total === undefined || rank === undefined) return [];
    const shown = rank === "A" ? 1 : Number(rank.replace(/[JQK]/, "10"));
    return [basicStrategy({ total: Number(total), isSoft: kind === "soft" }, shown) === action];
  });
}

describe("Blackjack's demonstrations", () => {
  it("parse, as JSON with the two keys, and follow basic strategy where every rate is 0", () => {
    const all = utterances(EXPERT);
    expect(all).to.have.length(COUNT);
    for (const utterance of all) {
      expect(Object.keys(JSON.parse(utterance))).to.deep.equal(["thoughts", "action"]);
      expect(parseKeyedAction(utterance, BLACKJACK_ACTIONS).kind).to.equal("action");
    }
    const agreed = agreements(all);
    expect(agreed.length).to.be.above(100);
    expect(agreed).not.to.include(false);
  });

  it("misplay at misplayRate", () => {
    const agreed = agreements(utterances({ ...EXPERT, misplayRate: 0.3 }));
    expect(agreed.filter((isBest) => !isBest).length / agreed.length).to.be.closeTo(0.3, 0.12);
  });

  it("break the form at malformedRate, in ways that parse and in ways that do not", () => {
    const broken = utterances({ ...EXPERT, malformedRate: 0.4 }).filter(
      (utterance) => !isJsonObject(utterance) || parseKeyedAction(utterance, BLACKJACK_ACTIONS).kind === "invalid",
    );
    expect(broken.length / COUNT).to.be.closeTo(0.4, 0.06);
    const outcomes = broken.map((utterance) => {
      const parse = parseKeyedAction(utterance, BLACKJACK_ACTIONS);
      return parse.kind === "invalid" ? parse.reason : parse.kind;
    });
    expect(new Set(outcomes)).to.deep.equal(new Set(["action", "no-action-key", "ambiguous-action"]));
  });

  it("think in several ways, none of which gives the action away", () => {
    const thoughts = utterances(EXPERT).map((utterance) => JSON.parse(utterance).thoughts as string);
    expect(new Set(thoughts).size).to.be.above(100);
    expect(thoughts.filter((thought) => /stand|hit/i.test(thought))).to.deep.equal([]);
  });

  it("show the hands that the thoughts count", () => {
    const made = Array.from(demonstrate(40, new RandomStream(1), "prompt", EXPERT), ({ observation }) =>
      Buffer.from(observation.image?.rgb ?? []).toString("base64"),
    );
    expect(new Set(made).size).to.be.above(35);
  });
});
