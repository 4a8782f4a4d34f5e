import { expect } from "chai";
import { spokenIn } from "../../ts/demonstrations/scripted.ts";
import { type DemonstrationQuality, demonstrate } from "../../ts/environments/numberline/demonstrations.ts";
import { numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { numberLineText } from "../../ts/environments/numberline/numberline-text.ts";
import { NUMBERLINE_ACTIONS, type NumberPair, START_PAIRS } from "../../ts/environments/numberline/rules.ts";
import { READ_OUT } from "../../ts/environments/numberline/utterances.ts";
import { isJsonObject } from "../../ts/parsing/json-validity.ts";
import { parseKeyedAction } from "../../ts/parsing/keyed-action.ts";
import { RandomStream } from "../../ts/random.ts";

const EXPERT: DemonstrationQuality = { misreadRate: 0, guessRate: 0, plusBias: 0, malformedRate: 0 };
const COUNT = 4000;

describe("NumberLine's demonstrations", () => {
  it("are all right where every rate is 0", () => {
    for (const { shown, written, action } of demonstrations(EXPERT)) {
      expect(written).to.deep.equal(shown);
      expect(action).to.equal(rightAction(shown));
    }
  });

  it("show every start about equally often", () => {
    const counts = new Map<NumberPair, number>();
    for (const { shown } of demonstrations(EXPERT)) counts.set(shown, (counts.get(shown) ?? 0) + 1);
    expect(counts).to.have.length(START_PAIRS.length);
    const expected = COUNT / START_PAIRS.length;
    for (const count of counts.values()) expect(count).to.be.closeTo(expected, 5 * Math.sqrt(expected));
  });

  it("misread one number at misreadRate, and act on what was read", () => {
    const made = demonstrations({ ...EXPERT, misreadRate: 0.5 });
    const misread = made.filter(({ shown, written }) => !isSame(shown, written));
    // A misread number is drawn from all six, the one shown among them.
    expectShare(misread.length, COUNT, 0.5 * (5 / 6));
    for (const { shown, written, action } of misread) {
      expect(written?.current === shown.current || written?.target === shown.target).to.equal(true);
      if (written?.current !== written?.target) expect(action).to.equal(rightAction(written as NumberPair));
    }
  });

  it("write + for - at plusBias, and never - for +", () => {
    const made = demonstrations({ ...EXPERT, plusBias: 0.8 });
    const minusMeant = made.filter(({ shown }) => rightAction(shown) === "-");
    expectShare(minusMeant.filter(({ action }) => action === "+").length, minusMeant.length, 0.8);
    const plusMeant = made.filter(({ shown }) => rightAction(shown) === "+");
    expect(plusMeant.every(({ action }) => action === "+")).to.equal(true);
  });

  it("draw the action at guessRate, whatever they think, and think no worse for it", () => {
    const made = demonstrations({ ...EXPERT, guessRate: 1 });
    expectShare(made.filter(({ shown, action }) => action === rightAction(shown)).length, COUNT, 0.5);
    for (const { utterance, shown, written } of made) {
      expect(isSame(shown, written)).to.equal(true);
      const relation = /below|above/.exec(JSON.parse(utterance).thoughts)?.[0];
      if (relation !== undefined) expect(relation).to.equal(shown.current < shown.target ? "below" : "above");
    }
    const some = demonstrations({ ...EXPERT, guessRate: 0.4 });
    expectShare(some.filter(({ shown, action }) => action !== rightAction(shown)).length, COUNT, 0.2);
  });

  it("break the form at malformedRate, each way of five, and are otherwise JSON", () => {
    const broken = demonstrations({ ...EXPERT, malformedRate: 0.4 }).filter(({ utterance }) => !isAsAsked(utterance));
    expectShare(broken.length, COUNT, 0.4);
    const outcomes = new Set(broken.map(({ kind, reason }) => reason ?? kind));
    expect(outcomes).to.deep.equal(new Set(["action", "no-action-key", "ambiguous-action"]));
    expect(demonstrations(EXPERT).every(({ utterance }) => isAsAsked(utterance))).to.equal(true);
  });

  it("think in several ways, none of which gives the action away", () => {
    const thoughts = demonstrations(EXPERT).map(({ utterance }) => JSON.parse(utterance).thoughts as string);
    expect(new Set(thoughts.map((thought) => thought.replaceAll(/\d|below|above/g, "")))).to.have.length(6);
    expect(thoughts.filter((thought) => /[-+]/.test(thought))).to.deep.equal([]);
  });
});

describe("NumberLine's demonstrations in text", () => {
  const quality = numberLineText.demonstrations?.quality.parse({ ...EXPERT });

  it("answer the numbers that the prompt tells, by thoughts and an action alone", async () => {
    const made = await spokenIn(
      numberLineText.demonstrations?.generate(
        500,
        new RandomStream(3),
        numberLineText.settings.parse({ prompt: { text: "{current} > {target}" } }),
        quality ?? EXPERT,
      ) ?? [],
    );
    expect(made).to.have.length(500);
    for (const { observation, utterance } of made) {
      const [current, target] = observation.prompt.split(" > ").map(Number);
      const { thoughts, action, ...others } = JSON.parse(utterance) as Record<string, string>;
      expect(others).to.deep.equal({});
      expect(action).to.equal(rightAction({ current: current ?? Number.NaN, target: target ?? Number.NaN }));
      for (const number of thoughts?.match(/\d/g) ?? []) expect([current, target]).to.include(Number(number));
      expect(observation).not.to.have.property("image");
    }
  });
});

interface Made {
  shown: NumberPair;
  written: NumberPair | undefined;
  action: string | undefined;
  kind: "action" | "invalid";
  reason: string | undefined;
  utterance: string;
}

const show = (pair: NumberPair) => ({ prompt: "prompt", image: numberLineFrame(pair) });

function demonstrations(quality: DemonstrationQuality): Made[] {
  const random = new RandomStream(11);
  return Array.from({ length: COUNT }, () => {
    const { observation, utterance } = demonstrate(random, show, READ_OUT, quality);
    // Frames are cached by state: the buffer tells which state is shown.
    const shown = START_PAIRS.find((pair) => numberLineFrame(pair) === observation.image);
    if (shown === undefined) throw new Error("the image shows no start");
    const parse = parseKeyedAction(utterance, NUMBERLINE_ACTIONS);
    const numbers = /"current number": "(\d)", "target number": "(\d)"/.exec(utterance);
    return {
      shown,
      written: numbers === null ? undefined : { current: Number(numbers[1]), target: Number(numbers[2]) },
      action: parse.kind === "action" ? parse.action : undefined,
      kind: parse.kind,
      reason: parse.kind === "invalid" ? parse.reason : undefined,
      utterance,
    };
  });
}

function rightAction({ current, target }: NumberPair): string {
  return target > current ? "+" : "-";
}

function isSame(one: NumberPair, other: NumberPair | undefined): boolean {
  return one.current === other?.current && one.target === other.target;
}

/** Whether the utterance is the object that the prompt asks for. */
function isAsAsked(utterance: string): boolean {
  if (!isJsonObject(utterance)) return false;
  return (
    JSON.stringify(Object.keys(JSON.parse(utterance))) === '["current number","target number","thoughts","action"]' &&
    NUMBERLINE_ACTIONS.includes(JSON.parse(utterance).action)
  );
}

/** Within five standard deviations of a binomial share. */
function expectShare(count: number, of: number, share: number): void {
  expect(count / of).to.be.closeTo(share, 5 * Math.sqrt((share * (1 - share)) / of));
}
