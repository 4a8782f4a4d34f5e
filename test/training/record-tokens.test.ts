import { existsSync } from "node:fs";
import { expect } from "chai";
import { train } from "../../ts/train.ts";
import type { TokenRow } from "../../ts/training/record-tokens.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { metricsOf, readLines } from "../run-files.ts";
import { smallExperiment } from "../small-experiment.ts";
import { temporaryFolder } from "../temporary-folder.ts";

interface Step {
  id: number;
  utterance: string;
  parse: { kind: string };
  value: number;
}

describe("tokens of a training", () => {
  const path = temporaryFolder();
  const run = async (name: string, tokens: number, changes = {}) => {
    const worker = numberLineWorker(changes);
    await train(smallExperiment({ recording: { tokens } }), { directory: path(name), startWorker: starting(worker) });
    return worker;
  };

  it("are written for as many steps an iteration as wished, with what each token is worth", async () => {
    await run("six", 6);
    const rows: TokenRow[] = readLines(path("six", "tokens.jsonl"));
    expect(rows.map(({ iteration }) => iteration)).to.deep.equal([1, 2, 3, 4, 5].flatMap((k) => Array(6).fill(k)));
    const steps: Step[] = readLines(path("six", "episodes.jsonl")).flatMap((episode) => episode.steps);
    const byId = new Map(steps.map((step) => [step.id, step]));
    expect(byId.size).to.equal(steps.length);
    for (const { step, tokens, weights, entropies, logProbs, gaps } of rows) {
      const spoken = byId.get(step);
      // Episodes that had not ended with the run are in no file.
      if (spoken === undefined) continue;
      expect(tokens.join("")).to.equal(spoken.utterance);
      for (const column of [weights, entropies, logProbs, gaps]) expect(column).to.have.length(tokens.length);
      expect(Math.max(...(weights ?? []))).to.equal(spoken?.parse.kind === "invalid" ? 0.05 : 0.9);
      expect(gaps.every((gap) => gap === 0)).to.equal(true);
    }
    expect(new Set(rows.map(({ advantage }) => advantage)).size).to.be.greaterThan(1);
    expect(steps.every(({ value }) => value > 0)).to.equal(true);
  });

  it("show where sampling and training disagree", async () => {
    await run("gap", 3, { paddingGap: 0.0004 });
    const gaps = readLines(path("gap", "tokens.jsonl")).flatMap((row: TokenRow) => row.gaps);
    expect(Math.min(...gaps)).to.be.closeTo(0.0004, 1e-6);
    expect(Math.max(...gaps)).to.be.closeTo(0.0004, 1e-6);
  });

  it("change nothing else of a run, and cost no request where none are wanted", async () => {
    await run("some", 5);
    const worker = await run("none", 0);
    expect(existsSync(path("none", "tokens.jsonl"))).to.equal(false);
    expect(metricsOf(path("none"))).to.deep.equal(metricsOf(path("some")));
    // Guards and the final explanations are what still asks for scores.
    expect(worker.paramsOf("score").every(({ stepIds }) => stepIds.every((id) => id < 8))).to.equal(true);
  });
});
