import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Trial, trialsOf } from "../../ts/sweep/definition.ts";
import type { Ending, TrialJob } from "../../ts/sweep/launcher.ts";
import { loadSweep } from "../../ts/sweep/load.ts";
import { Dashboard } from "../../ts/sweep/ray/dashboard.ts";
import { RayJobs } from "../../ts/sweep/ray/jobs.ts";
import { RayLauncher, type RayLauncherOptions } from "../../ts/sweep/ray/ray-launcher.ts";
import { train } from "../../ts/train.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";
import { metricsOf, readJson } from "../run-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { pathWithEmptyTrials, pathWithFakeTrials } from "./fake-node.ts";
import { FakeRay, type FakeRayOptions } from "./fake-ray.ts";

describe("RayLauncher", function () {
  this.timeout(300_000);
  const path = temporaryFolder();
  /** A folder whose name a shell would take apart. */
  const odd = 'it\'s a $HOME "folder"';
  const started: FakeRay[] = [];
  let trials: Trial[] = [];
  let said: string[] = [];
  let clusters = 0;

  before(async () => {
    mkdirSync(path(odd, "runs"), { recursive: true });
    writeFileSync(
      path(odd, "sweep.mts"),
      `import { smallSweep } from ${JSON.stringify(pathToFileURL("test/sweep/small-sweep.ts").href)};
export default smallSweep({ grid: { "algorithm.clip": [0.1, 0.2] }, seeds: [0] });\n`,
    );
    trials = trialsOf(await loadSweep(path(odd, "sweep.mts")));
  });
  beforeEach(() => {
    said = [];
  });
  afterEach(async () => {
    for (const ray of started.splice(0)) await ray.stop();
  });

  const cluster = async (options: Partial<FakeRayOptions> = {}): Promise<FakeRay> => {
    const folder = path(`cluster-${clusters++}`);
    const ray = await FakeRay.start({
      ...options,
      folder,
      env: { PATH: pathWithEmptyTrials(path("empty")), ...options.env },
    });
    started.push(ray);
    return ray;
  };
  const trainingCluster = (env: Record<string, string> = {}): Promise<FakeRay> =>
    cluster({ env: { PATH: pathWithFakeTrials(path("training")), ...env } });
  const launcherOn = (ray: FakeRay, options: Partial<RayLauncherOptions> = {}, headers = {}): RayLauncher =>
    new RayLauncher({
      jobs: new RayJobs(new Dashboard(ray.address, { headers, repeatMs: [20, 50, 100, 200, 400, 800] })),
      identity: "test",
      slots: 4,
      resources: { cpus: 2, gpus: 0, memory: 0, custom: {} },
      sharesFolders: true,
      workingDirectory: path(odd),
      logs: path(odd, "logs"),
      say: (line) => said.push(line),
      lookMs: 20,
      graceMs: 20,
      ...options,
    });
  const jobOf = (name: string, place = 0): TrialJob => {
    const trial = trials[place];
    if (trial === undefined) throw new RangeError(`no trial ${place}`);
    return { trial, file: path(odd, "sweep.mts"), directory: path(odd, "runs", name), offlineFrom: undefined };
  };
  const run = (
    launcher: RayLauncher,
    job: TrialJob,
    signal = new AbortController().signal,
    runs: () => void = () => undefined,
  ): Promise<Ending> => launcher.run(job, 0, signal, runs);
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await sleep(20);
  };
  const iterationsOf = ({ directory }: TrialJob): number =>
    existsSync(`${directory}/metrics.jsonl`)
      ? readFileSync(`${directory}/metrics.jsonl`, "utf8").split("\n").length - 1
      : 0;
  const uninterrupted = async (place: number): Promise<unknown[]> => {
    const { trial, directory } = jobOf(`whole-${place}`, place);
    await train(trial.experiment, { directory, resume: true, startWorker: starting(numberLineWorker()) });
    return metricsOf(directory);
  };

  it("submits a trial with what it may use, in a folder with odd letters, and brings its log", async () => {
    const ray = await cluster({ token: "secret", env: { PATH: pathWithFakeTrials(path("training")) } });
    let isRunning = false;
    const resources = { cpus: 4, gpus: 0.5, memory: 1e9, custom: { "accelerator_type:H100": 0.001 } };
    const launcher = launcherOn(ray, { resources }, { authorization: "Bearer secret" });
    const job = jobOf("plain");
    const ending = await run(launcher, job, undefined, () => {
      isRunning = true;
    });
    expect(ending).to.deep.equal({ kind: "finished" });
    expect(isRunning).to.equal(true);
    expect(ray.submissions).to.have.length(1);
    expect(ray.submissions[0]).to.deep.include({
      metadata: { sweep: "small", trial: job.trial.name },
      entrypoint_num_cpus: 4,
      entrypoint_num_gpus: 0.5,
      entrypoint_memory: 1e9,
      entrypoint_resources: { "accelerator_type:H100": 0.001 },
    });
    expect(readJson(`${job.directory}/summary.json`)).to.include({ name: "small", seed: 0 });
    expect(readFileSync(path(odd, "logs", `${job.trial.name}.log`), "utf8")).to.contain("iterations of small");
    expect(ray.requests.every(({ headers }) => headers.authorization === "Bearer secret")).to.equal(true);
  });

  it("brings the run folder back from a node that shares none", async () => {
    const job = jobOf("archived");
    mkdirSync(job.directory);
    writeFileSync(`${job.directory}/old`, "");
    expect(await run(launcherOn(await cluster(), { sharesFolders: false }), job)).to.deep.equal({ kind: "finished" });
    expect(readdirSync(job.directory)).to.deep.equal(["word"]);
    expect(readdirSync(path(odd, "runs")).filter((name) => name.includes("part"))).to.deep.equal([]);
  });

  it("names the error of a trial that failed, and submits it anew under the next sweep", async () => {
    const ray = await cluster({ env: { TRIAL_CODE: "1" } });
    const job = jobOf("failing");
    const reason = "GuardError: it left its bounds\n  and more";
    for (const attempt of [1, 2]) {
      expect(await run(launcherOn(ray), job)).to.deep.equal({ kind: "failed", reason });
      expect(ray.submissions).to.have.length(attempt);
    }
  });

  for (const sharesFolders of [true, false]) {
    const where = sharesFolders ? "in a shared folder" : "by archives";
    it(`stops a trial, which saves, and goes on to the same ${where}`, async () => {
      const ray = await trainingCluster({ FAKE_TRIAL_MS: "700" });
      const launcher = launcherOn(ray, { sharesFolders });
      const job = jobOf(`stopped-${sharesFolders}`, 1);
      const stop = new AbortController();
      const ending = run(launcher, job, stop.signal);
      const [submission] = await untilValue(() => ray.submissions);
      const log = path(`cluster-${clusters - 1}`, "logs", `job-driver-${submission?.submission_id}.log`);
      await until(() => existsSync(log) && readFileSync(log, "utf8").includes("iterations of small"));
      stop.abort(new Error("enough"));
      expect(await ending).to.deep.equal({ kind: "stopped" });
      expect(Object.values(ray.statuses())).to.deep.equal(["STOPPED"]);
      expect(iterationsOf(job)).to.equal(1);
      expect(await run(launcher, job)).to.deep.equal({ kind: "finished" });
      expect(readFileSync(path(odd, "logs", `${job.trial.name}.log`), "utf8")).to.contain("resumed after iteration 1");
      expect(metricsOf(job.directory)).to.deep.equal(await uninterrupted(1));
    });

    it(`submits a trial again whose node is lost, ${where}`, async () => {
      const ray = await trainingCluster({ FAKE_TRIAL_MS: "700" });
      const job = jobOf(`lost-${sharesFolders}`);
      const ending = run(launcherOn(ray, { sharesFolders }), job);
      await until(() => Object.values(ray.statuses())[0] === "RUNNING");
      if (sharesFolders) await until(() => existsSync(`${job.directory}/run.lock`));
      // A lock of a machine that is gone can be asked of nobody.
      if (sharesFolders) writeFileSync(`${job.directory}/run.lock`, JSON.stringify({ pid: 1, host: "elsewhere" }));
      await ray.loseNodeOf(Object.keys(ray.statuses())[0] ?? "");
      expect(await ending).to.deep.equal({ kind: "finished" });
      expect(said).to.deep.equal([
        `${job.trial.name} was lost, and is submitted again: ` +
          "Job supervisor actor died: The actor died because its node has died.",
      ]);
      expect(metricsOf(job.directory)).to.deep.equal(await uninterrupted(0));
    });
  }

  it("gives a trial up that was lost three times", async () => {
    const ray = await cluster({ env: { TRIAL_SECONDS: "600" } });
    const ending = run(launcherOn(ray), jobOf("doomed"));
    for (const losses of [1, 2, 3]) {
      await until(() => Object.values(ray.statuses())[losses - 1] === "RUNNING");
      await ray.loseNodeOf(Object.keys(ray.statuses())[losses - 1] ?? "");
    }
    const reason = "lost 3 times; at last: Job supervisor actor died: The actor died because its node has died.";
    expect(await ending).to.deep.equal({ kind: "failed", reason });
    expect(ray.submissions).to.have.length(3);
  });

  it("lets a trial wait for room as long as it takes, and stops one that waits", async () => {
    const ray = await cluster({ room: 0 });
    const job = jobOf("waiting");
    const first = run(launcherOn(ray), job);
    for (const waited of [1, 2, 3, 4]) {
      await until(() => ray.submissions.length === waited);
      ray.timeOut(ray.submissions[waited - 1]?.submission_id ?? "");
    }
    await until(() => ray.submissions.length === 5);
    expect(said).to.have.length(4);
    expect(said[0]).to.equal(`${job.trial.name}: the cluster had no room for it so far; ray status tells what it has`);
    ray.room = 1;
    ray.startWaiting();
    expect(await first).to.deep.equal({ kind: "finished" });

    ray.room = 0;
    const stop = new AbortController();
    const other = jobOf("stopped-waiting", 1);
    const second = run(launcherOn(ray), other, stop.signal);
    await until(() => ray.submissions.length === 6);
    stop.abort(new Error("enough"));
    expect(await second).to.deep.equal({ kind: "stopped" });
    // The next sweep finds it, sees it end as it was told to, and submits it anew.
    const third = run(launcherOn(ray), other);
    await sleep(100);
    ray.room = 1;
    ray.startWaiting();
    expect(await third).to.deep.equal({ kind: "finished" });
    expect(ray.submissions).to.have.length(7);
  });

  it("follows a job that an earlier sweep has left, and takes over what has finished since", async () => {
    const ray = await cluster({ env: { TRIAL_SECONDS: "0.3" } });
    const job = jobOf("left");
    const jobs = launcherOn(ray, { sharesFolders: false });
    const [one, other] = [run(jobs, job), run(jobs, job)];
    expect([await one, await other]).to.deep.equal([{ kind: "finished" }, { kind: "finished" }]);
    expect(ray.submissions).to.have.length(1);
    expect(await run(jobs, job)).to.deep.equal({ kind: "finished" });
    expect(ray.submissions).to.have.length(1);
    expect(said.at(-1)).to.match(/^clip=0\.1,seed0: the cluster has it as coso-small-\w+-0, succeeded$/);
    // The folder made anew is another sweep.
    expect(await run(launcherOn(ray, { sharesFolders: false, identity: "anew" }), job)).to.deep.equal({
      kind: "finished",
    });
    expect(ray.submissions).to.have.length(2);
  });

  it("tells of what no repetition mends: what cannot be set up, and jobs that somebody stopped", async () => {
    const ray = await cluster({ room: 0, env: { TRIAL_SECONDS: "600" } });
    const unprepared = run(launcherOn(ray), jobOf("unprepared"));
    await until(() => ray.submissions.length === 1);
    ray.failSetup(ray.submissions[0]?.submission_id ?? "");
    const ended = await unprepared;
    expect(ended.kind === "failed" && ended.reason).to.match(/^its job coso-small-\w+-0: .*no space left$/);
    ray.room = 1;
    const stopped = run(launcherOn(ray), jobOf("from-outside", 1));
    await until(() => ray.statuses()[ray.submissions[1]?.submission_id ?? ""] === "RUNNING");
    ray.stopJob(ray.submissions[1]?.submission_id ?? "");
    expect(await stopped).to.deep.equal({ kind: "stopped" });
  });

  it("outlives a head that is away, breaks connections, is unavailable, or forgets its jobs", async () => {
    const ray = await cluster({ env: { TRIAL_SECONDS: "1" } });
    ray.mishaps.push(
      { on: /^GET .*jobs\//, mishap: "break" },
      { on: /^GET .*jobs\//, mishap: "unavailable" },
      { on: /^POST .*jobs\/$/, mishap: "error" },
      { on: /^POST .*jobs\/$/, mishap: "twice" },
    );
    const job = jobOf("restarts");
    let isRunning = false;
    const ending = run(launcherOn(ray), job, undefined, () => {
      isRunning = true;
    });
    await until(() => isRunning);
    expect(ray.submissions).to.have.length(1);
    await ray.hangUp();
    await sleep(200);
    await ray.listen();
    await ray.forget();
    expect(await ending).to.deep.equal({ kind: "finished" });
    expect(said).to.deep.equal([`${job.trial.name} was lost, and is submitted again: the cluster knows it no more`]);
    await ray.hangUp();
    const gone = await run(launcherOn(ray), jobOf("unreachable"));
    expect(gone.kind === "failed" && gone.reason).to.contain(`${ray.address} does not answer: `);
    await ray.listen();
  });

  async function untilValue<T>(values: () => readonly T[]): Promise<readonly T[]> {
    await until(() => values().length > 0);
    return values();
  }
});
