import { expect } from "chai";
import { RunFolderError } from "../../ts/errors.ts";
import { type ReplayEpisode, readReplay, replayEpisode, withinCapacity } from "../../ts/training/bases/replay.ts";
import type { Step } from "../../ts/trajectory.ts";

describe("the replay", () => {
  it("lets the oldest episodes go first, whole ones, until its steps fit", () => {
    const { kept, evicted } = withinCapacity([episode(1, 4), episode(10, 3), episode(20, 5)], 8);
    expect(kept.map(firstId)).to.deep.equal([10, 20]);
    expect(evicted.map(firstId)).to.deep.equal([1]);
    expect(withinCapacity([episode(1, 4), episode(10, 3)], 7).evicted).to.deep.equal([]);
  });

  it("keeps the newest episode even where it alone is longer", () => {
    const { kept, evicted } = withinCapacity([episode(1, 2), episode(10, 9)], 4);
    expect(kept.map(firstId)).to.deep.equal([10]);
    expect(evicted.map(firstId)).to.deep.equal([1]);
  });

  it("remembers texts that f^parse read and no pixels, and of other utterances nothing but their place", () => {
    const image = { width: 1, height: 1, rgb: new Uint8Array(3) };
    const parse = { kind: "action", action: "go", factors: { action: "go" }, span: [0, 2] } as const;
    const steps: Step[] = [
      step(1, { observation: { prompt: "Go on.", admissible: ["go"], image }, parse }),
      step(2, { parse: { kind: "invalid", reason: "no-action-key", fallback: { kind: "random", among: ["go"] } } }),
    ];
    const remembered = replayEpisode({ environment: 0, steps, next: { prompt: "" } }, 7);
    expect(remembered).to.deep.equal({
      instruction: "Go on.",
      steps: [
        {
          id: 1,
          reward: 1,
          spoken: { id: 1, utterance: "go", parse, observation: { prompt: "Go on.", admissible: ["go"] } },
        },
        { id: 2, reward: 1, spoken: null },
      ],
      nextId: 7,
    });
    const state = { training: [remembered], heldOut: [] };
    expect(readReplay(JSON.parse(JSON.stringify(state)))).to.deep.equal(state);
  });

  it("says so where a checkpoint's is damaged", () => {
    expect(() => readReplay({ training: [{}], heldOut: [] })).to.throw(RunFolderError, "replay is damaged");
  });
});

function episode(first: number, length: number): ReplayEpisode {
  const steps = Array.from({ length }, (_, place) => ({ id: first + place, reward: 0, spoken: null }));
  return { instruction: "", steps, nextId: first + length };
}

function firstId({ steps }: ReplayEpisode): number | undefined {
  return steps[0]?.id;
}

function step(id: number, changes: Partial<Step>): Step {
  return {
    id,
    observation: { prompt: "" },
    utterance: "go",
    parse: { kind: "action", action: "go", factors: { action: "go" }, span: [0, 2] },
    action: "go",
    reward: 1,
    terminated: false,
    truncated: false,
    value: 0,
    tokenCount: 1,
    ...changes,
  };
}
