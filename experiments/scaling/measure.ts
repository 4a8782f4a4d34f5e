import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, CosoError, defineExperiment, type Experiment } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";
import { type Calibration, readCalibration } from "./calibration.ts";
import { costsOf } from "./costs.ts";
import { cpuSecondsOf, type IterationSeconds } from "./cpu-seconds.ts";
import { type Outcome, simulate } from "./simulation.ts";
import { markdown } from "./tables.ts";

/**
 * Holds the model against real iterations of `experiments/quickstart.ts` on the CPU: constants from two sizes, a prediction
 * for a third, and what the third took. An untrained policy speaks to the longest utterance, so lengths are known.
 *
 * `npx tsx experiments/scaling/measure.ts` takes about three minutes of an idle core.
 */

interface Size {
  readonly environments: number;
  readonly stepsPerEnvironment: number;
}

const FITTED: readonly [Size, Size] = [
  { environments: 64, stepsPerEnvironment: 4 },
  { environments: 8, stepsPerEnvironment: 16 },
];
const PREDICTED: Size = { environments: 24, stepsPerEnvironment: 8 };
const ITERATIONS = 6;

const calibrationFile = fileURLToPath(new URL("calibrations/cpu.json", import.meta.url));

/** The quickstart without what it learns before RL. */
function sized(rollout: Size): Experiment {
  const { sft, scm } = quickstart;
  return defineExperiment({
    ...quickstart,
    ...(sft !== null && { sft: { ...sft, steps: 1 } }),
    ...(scm !== null && { scm: { ...scm, pretraining: null } }),
    rollout: { ...quickstart.rollout, ...rollout },
    iterations: ITERATIONS,
    evaluation: { ...quickstart.evaluation, episodes: 1, selection: null },
  });
}

async function measured(size: Size): Promise<IterationSeconds> {
  const folder = mkdtempSync(join(tmpdir(), "coso-scaling-"));
  try {
    const seconds = await cpuSecondsOf(sized(size), join(folder, "run"));
    process.stderr.write(`${size.environments} × ${size.stepsPerEnvironment}: ${JSON.stringify(seconds)}\n`);
    return seconds;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Constants {
  readonly stepSeconds: number;
  readonly rowSeconds: number;
  readonly learnSeconds: number;
  readonly weighSeconds: number;
  readonly fitScmSeconds: number;
}

/** A rollout is T times L decode steps of s + r·rows each: two sizes give s and r. The rest goes by steps. */
function constantsOf([large, small]: readonly [IterationSeconds, IterationSeconds], epochs: number): Constants {
  const [wide, narrow] = FITTED;
  const length = quickstart.sampling.maxNewTokens;
  const stepOf = (size: Size, { rollout }: IterationSeconds): number => rollout / size.stepsPerEnvironment / length;
  const [wideStep, narrowStep] = [stepOf(wide, large), stepOf(narrow, small)];
  const rowSeconds = (wideStep - narrowStep) / (wide.environments - narrow.environments);
  const perStep = (of: "weigh" | "updatePolicy"): number =>
    (large[of] / stepsOf(wide) + small[of] / stepsOf(narrow)) / 2;
  return {
    rowSeconds,
    stepSeconds: wideStep - rowSeconds * wide.environments,
    learnSeconds: perStep("updatePolicy") / epochs,
    weighSeconds: perStep("weigh"),
    fitScmSeconds: (large.fitScm + small.fitScm) / 2,
  };
}

function stepsOf({ environments, stepsPerEnvironment }: Size): number {
  return environments * stepsPerEnvironment;
}

/** The calibration with these constants in place of the ones in its file. */
function withConstants(constants: Constants): Calibration {
  const calibration = readCalibration(calibrationFile);
  const worker = calibration.kind === "measured" ? calibration.engines.worker : undefined;
  if (calibration.kind !== "measured" || worker === undefined) {
    throw new ConfigError(`${calibrationFile}: expected kind "measured" with an engine "worker"`);
  }
  const { stepSeconds, rowSeconds, learnSeconds, weighSeconds, fitScmSeconds } = constants;
  const here = (value: number) => ({ value, status: "measured" as const, from: "this run of measure.ts" });
  return {
    ...calibration,
    engines: { worker: { ...worker, stepSeconds: here(stepSeconds), rowSeconds: here(rowSeconds) } },
    trainer: { learnSeconds: here(learnSeconds), weighSeconds: here(weighSeconds), fitScmSeconds: here(fitScmSeconds) },
  };
}

async function predicted(constants: Constants): Promise<Outcome> {
  const choice = { environment: "numberline", engine: "worker", update: "lora", epochs: null } as const;
  const costs = await costsOf(withConstants(constants), choice);
  return simulate(costs, { gpus: 1, ...PREDICTED, mode: "synchronous", staleness: 0, trainers: null }, quickstart.seed);
}

function comparison({ secondsPerUpdate, shares }: Outcome, found: IterationSeconds): string {
  const rows: [string, number, number][] = [
    ["rollout", 1 - shares.weigh - shares.update, found.rollout],
    ["causal weights and SCM", shares.weigh, found.weigh + found.fitScm],
    ["update", shares.update, found.updatePolicy],
  ];
  const all = rows.map(([name, share, seconds]) => [name, share * secondsPerUpdate, seconds] as const);
  const sum = (of: 1 | 2): number => all.reduce((total, row) => total + row[of], 0);
  return markdown(
    ["CPU seconds of an iteration", "predicted", "measured", "error"],
    [...all, ["all", sum(1), sum(2)] as const].map(([name, ours, theirs]) => [
      name,
      ours.toFixed(2),
      theirs.toFixed(2),
      `${((ours / theirs - 1) * 100).toFixed(0)} %`,
    ]),
  );
}

try {
  const epochs = quickstart.algorithm.kind === "ppo" ? quickstart.algorithm.epochs : 1;
  const fitted = [await measured(FITTED[0]), await measured(FITTED[1])] as const;
  const constants = constantsOf(fitted, epochs);
  const found = await measured(PREDICTED);
  console.log(
    `${JSON.stringify(constants, null, 2)}\n\n${PREDICTED.environments} environments × ${PREDICTED.stepsPerEnvironment} steps, ` +
      `n = ${found.n} iterations:\n\n${comparison(await predicted(constants), found)}`,
  );
} catch (error) {
  if (!(error instanceof CosoError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
