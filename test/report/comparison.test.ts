import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { compare } from "../../ts/report/comparison.ts";
import { type RecordedRun, readRun } from "../../ts/report/read-run.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import { type RunShape, writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("groupRuns and compare", () => {
  const path = temporaryFolder();
  let count = 0;

  async function record(shape: RunShape): Promise<RecordedRun> {
    count += 1;
    writeRun(path(`run-${count}`), { iterations: 3, ...shape });
    return readRun(path(`run-${count}`));
  }

  /** A run whose reported success is exactly this. */
  async function withSuccess(successRate: number, shape: RunShape): Promise<RecordedRun> {
    const run = await record(shape);
    if (run.outcome.kind === "unfinished") return run;
    return { ...run, outcome: { kind: "finished", summary: { ...run.outcome.summary, successRate } } };
  }

  const labels = (runs: RecordedRun[]) => groupRuns(runs).map(({ label, runs: members }) => [label, members.length]);

  it("takes seeds together and puts baselines first", async () => {
    const runs = [
      await record({ entropy: "causal", seed: 1 }),
      await record({ entropy: "none", seed: 1 }),
      await record({ entropy: "causal", seed: 2 }),
    ];
    expect(labels(runs)).to.deep.equal([
      ["RL", 1],
      ["CoSo", 2],
    ]);
  });

  it("labels by name where the method is one, by both where both differ", async () => {
    const [coso, other] = [await record({ name: "a" }), await record({ name: "b" })];
    expect(labels([coso, other]).map(([label]) => label)).to.deep.equal(["a", "b"]);
    const rl = await record({ name: "a", entropy: "none" });
    expect(labels([coso, other, rl]).map(([label]) => label)).to.deep.equal(["a (RL)", "a (CoSo)", "b (CoSo)"]);
  });

  it("labels by method alone where a comparison has named each experiment after its method", async () => {
    const runs = [await record({ name: "tiny-RL", entropy: "none" }), await record({ name: "tiny-CoSo" })];
    expect(labels(runs).map(([label]) => label)).to.deep.equal(["RL", "CoSo"]);
  });

  it("takes runs of an earlier version and in other passes together with today's", async () => {
    const [today, old] = [await record({ seed: 1 }), await record({ seed: 2 })];
    const { recording: _r, sinks: _s, ...experiment } = old.config.experiment as Record<string, object>;
    const { algorithm } = experiment;
    writeFileSync(
      join(old.directory, "config.json"),
      JSON.stringify({ ...old.config, experiment: { ...experiment, algorithm: { ...algorithm, microBatch: 1 } } }),
    );
    expect(labels([today, await readRun(old.directory)])).to.deep.equal([["quickstart", 2]]);
    const again = await record({ seed: 2 });
    expect(labels([again, await readRun(old.directory)])).to.deep.equal([
      ["quickstart, microBatch 16", 1],
      ["quickstart, microBatch 1", 1],
    ]);
  });

  it("tells configurations of one name apart by what differs", async () => {
    const runs = [await record({ iterations: 2 }), await record({ iterations: 3 })];
    expect(labels(runs).map(([label]) => label)).to.deep.equal([
      "quickstart, iterations 2",
      "quickstart, iterations 3",
    ]);
  });

  it("averages over seeds and pairs the seeds that both have", async () => {
    const runs = [
      await withSuccess(0.5, { entropy: "none", seed: 1 }),
      await withSuccess(0.7, { entropy: "none", seed: 2 }),
      await withSuccess(0.9, { entropy: "causal", seed: 1 }),
      await withSuccess(0.8, { entropy: "causal", seed: 2 }),
      await withSuccess(0.1, { entropy: "causal", seed: 3 }),
      await record({ entropy: "causal", seed: 4, finished: false }),
    ];
    const { groups, differences } = compare(groupRuns(runs), new RandomStreams(0));
    const [rl, coso] = groups;
    expect(rl?.success).to.be.closeTo(0.6, 1e-12);
    expect(coso?.success).to.be.closeTo(0.6, 1e-12);
    expect(coso).to.deep.include({ seeds: [1, 2, 3], unfinished: 1 });
    expect(differences).to.have.length(1);
    expect(differences[0]).to.deep.include({ label: "CoSo", baseline: "RL", pairs: 2, probabilityOfImprovement: 1 });
    expect(differences[0]?.difference).to.be.closeTo(0.25, 1e-12);
    expect(differences[0]?.interval[0]).to.be.closeTo(0.1, 1e-12);
    expect(differences[0]?.interval[1]).to.be.closeTo(0.4, 1e-12);
  });

  it("gives one run the interval of its episodes, and no difference from one pair", async () => {
    const runs = [await record({ entropy: "none" }), await record({ entropy: "causal" })];
    const { groups, differences } = compare(groupRuns(runs), new RandomStreams(0));
    const [outcome] = runs.map((run) => run.outcome);
    expect(groups[0]?.interval).to.deep.equal(outcome?.kind === "finished" && outcome.summary.successInterval);
    expect(differences).to.deep.equal([]);
  });

  it("says nothing of a group that has not finished", async () => {
    const { groups } = compare(groupRuns([await record({ finished: false })]), new RandomStreams(0));
    expect(groups[0]).to.deep.include({ seeds: [], unfinished: 1, success: null, interval: null, validJson: null });
  });
});
