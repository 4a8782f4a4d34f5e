import { expect } from "chai";
import { type DemonstrationQuality, demonstrate } from "../../ts/environments/elevator/demonstrations.ts";
import { elevatorFrame } from "../../ts/environments/elevator/frame.ts";
import { type Floors, STARTS } from "../../ts/environments/elevator/rules.ts";
import { isJsonObject } from "../../ts/parsing/json-validity.ts";
import { parsePlannedRide } from "../../ts/parsing/planned-ride.ts";
import { RandomStream } from "../../ts/random.ts";

const EXPERT: DemonstrationQuality = { misreadRate: 0, upBias: 0, malformedRate: 0 };
const COUNT = 4000;

describe("the elevator's demonstrations", () => {
  it("ride straight to the call where every rate is 0", () => {
    for (const { shown, written, ride } of demonstrations(EXPERT)) {
      expect(written).to.deep.equal(shown);
      expect(ride).to.equal(rightRide(shown));
    }
  });

  it("show every start about equally often", () => {
    const counts = new Map<Floors, number>();
    for (const { shown } of demonstrations(EXPERT)) counts.set(shown, (counts.get(shown) ?? 0) + 1);
    expect(counts).to.have.length(30);
    const expected = COUNT / 30;
    for (const count of counts.values()) expect(count).to.be.closeTo(expected, 5 * Math.sqrt(expected));
  });

  it("misread one floor at misreadRate, and act on what was read", () => {
    const made = demonstrations({ ...EXPERT, misreadRate: 0.5 });
    const misread = made.filter(({ shown, written }) => written?.lift !== shown.lift || written.call !== shown.call);
    expectShare(misread.length, COUNT, 0.5);
    for (const { shown, written, ride } of misread) {
      expect(written?.lift === shown.lift || written?.call === shown.call).to.equal(true);
      expect(ride).to.equal(rightRide(written as Floors));
    }
  });

  it("plan up for down at upBias, as many floors, and never down for up", () => {
    const made = demonstrations({ ...EXPERT, upBias: 0.8 });
    const downMeant = made.filter(({ shown }) => shown.call < shown.lift);
    const biased = downMeant.filter(({ ride }) => ride?.startsWith("up"));
    expectShare(biased.length, downMeant.length, 0.8);
    for (const { shown, ride } of biased) expect(ride).to.equal(rightRide(shown).replace("down", "up"));
    for (const { shown, ride } of made) if (shown.call > shown.lift) expect(ride).to.equal(rightRide(shown));
  });

  it("think the truth under any bias, or nothing about where the call is", () => {
    const made = demonstrations({ ...EXPERT, upBias: 1 });
    const related = made.flatMap(({ shown, thoughts }) => {
      const words = thoughts.match(/above|below/g) ?? [];
      if (words.length > 0) expect(words, thoughts).to.deep.equal([shown.call > shown.lift ? "above" : "below"]);
      return words;
    });
    expectShare(related.length, COUNT, 6 / 9);
  });

  it("think in nine ways and plan in five, of which only the plan names the direction", () => {
    const made = demonstrations(EXPERT);
    const shape = (text: string) => text.replaceAll(/\d|above|below|up|down|(?<=floor)s/g, "");
    expect(new Set(made.map(({ thoughts }) => shape(thoughts)))).to.have.length(9);
    expect(new Set(made.map(({ plan }) => shape(plan)))).to.have.length(5);
    expect(made.filter(({ thoughts }) => /\b(up|down)\b/.test(thoughts))).to.deep.equal([]);
    expect(made.filter(({ utterance }) => /\b1 floors|[2-5] floor\b/.test(utterance))).to.deep.equal([]);
  });

  it("break the form at malformedRate, in ways that f^parse tells apart, and are otherwise JSON", () => {
    const broken = demonstrations({ ...EXPERT, malformedRate: 0.4 }).filter(({ isAsAsked }) => !isAsAsked);
    expectShare(broken.length, COUNT, 0.4);
    const outcomes = new Set(broken.map(({ outcome }) => outcome));
    expect(outcomes).to.deep.equal(
      new Set(["action", "no-action-key", "ambiguous-action", "no-plan-key", "no-legal-plan", "ambiguous-plan"]),
    );
    expect(demonstrations(EXPERT).every(({ isAsAsked }) => isAsAsked)).to.equal(true);
  });
});

function demonstrations(quality: DemonstrationQuality) {
  const random = new RandomStream(11);
  return Array.from({ length: COUNT }, () => {
    const { observation, utterance } = demonstrate(random, "prompt", quality);
    // Frames are cached by state: the buffer tells which state is shown.
    const shown = STARTS.find((floors) => elevatorFrame(floors) === observation.image);
    if (shown === undefined) throw new Error("the image shows no start");
    const parse = parsePlannedRide(utterance);
    const floors = /"lift": "(\d)", "call": "(\d)"/.exec(utterance);
    return {
      shown,
      utterance,
      written: floors === null ? undefined : { lift: Number(floors[1]), call: Number(floors[2]) },
      thoughts: /"thoughts": "([^"]*)"/.exec(utterance)?.[1] ?? "",
      plan: /"plan": "([^"]*)"/.exec(utterance)?.[1] ?? "",
      ride: parse.kind === "action" ? parse.action : undefined,
      outcome: parse.kind === "action" ? parse.kind : parse.reason,
      isAsAsked: parse.kind === "action" && isJsonObject(utterance) && hasAllKeys(utterance),
    };
  });
}

function hasAllKeys(utterance: string): boolean {
  return Object.keys(JSON.parse(utterance)).join() === "lift,call,thoughts,plan,action";
}

function rightRide({ lift, call }: Floors): string {
  return call > lift ? `up ${call - lift}` : `down ${lift - call}`;
}

/** Within five standard deviations of a binomial share. */
function expectShare(count: number, of: number, share: number): void {
  expect(count / of).to.be.closeTo(share, 5 * Math.sqrt((share * (1 - share)) / of));
}
