import { expect } from "chai";
import { type Trial, trialsOf } from "../../ts/sweep/definition.ts";
import { offlineOrigins } from "../../ts/sweep/offline-origins.ts";
import { nextStart, type ScheduleView } from "../../ts/sweep/schedule.ts";
import { smallSweep } from "./small-sweep.ts";

const trials = trialsOf(smallSweep({ seeds: [0] }));
const [plain, plainToo, causal, causalToo] = trials.map(({ name }) => name);

describe("trials that share an offline stage", () => {
  it("are those of a seed whose settings before RL are the same; one with an SCM serves those without", () => {
    const origins = offlineOrigins(trials);
    expect(trials.map((trial) => origins.get(trial)?.map(({ name }) => name))).to.deep.equal([
      [causal, causalToo, plain, plainToo],
      [causal, causalToo, plain, plainToo],
      [causal, causalToo],
      [causal, causalToo],
    ]);
  });

  it("are not those that SFT or the SCM tells apart", () => {
    const apart = trialsOf(smallSweep({ grid: { "sft.steps": [1, 2] }, seeds: [0, 1] }));
    const origins = offlineOrigins(apart);
    for (const trial of apart) expect(origins.get(trial)).to.deep.equal([trial]);
  });

  it("start when one of them has done it", () => {
    const started = (view: Partial<ScheduleView>) => {
      const next = nextStart(trials, offlineOrigins(trials), {
        state: () => "waiting",
        hasOfflineStage: () => false,
        ...view,
      });
      return next === undefined ? null : [next.trial.name, next.origin?.name];
    };
    const among =
      (...names: (string | undefined)[]) =>
      ({ name }: Trial) =>
        names.includes(name);
    // First the one that serves all.
    expect(started({})).to.deep.equal([causal, undefined]);
    // The others wait while it is at it,
    const isRunning = { state: (trial: Trial) => (among(causal)(trial) ? "running" : "waiting") } as const;
    expect(started(isRunning)).to.equal(null);
    // and take it over when it is done, though the trial itself still runs.
    expect(started({ ...isRunning, hasOfflineStage: among(causal) })).to.deep.equal([plain, causal]);
    // Where it failed before, the next in line does it.
    const failed = { state: (trial: Trial) => (among(causal)(trial) ? "failed" : "waiting") } as const;
    expect(started(failed)).to.deep.equal([causalToo, undefined]);
    // A failed trial's offline stage is as good as another's.
    expect(started({ ...failed, hasOfflineStage: among(causal) })).to.deep.equal([plain, causal]);
    // What a trial did itself it goes on with.
    expect(started({ hasOfflineStage: among(causal, plain) })).to.deep.equal([plain, undefined]);
  });
});
