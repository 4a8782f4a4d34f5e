import { fileURLToPath } from "node:url";
import { type Calibration, readCalibration } from "./calibration.ts";
import { costsOf } from "./costs.ts";
import { simulate } from "./simulation.ts";
import { markdown } from "./tables.ts";

/**
 * The model at the setting of the paper's Table D.1: RL4VLM on one H100, one environment, one utterance at a time, one step a
 * pass, 15,000 steps. `npx tsx experiments/scaling/table-d1.ts`
 */

const STEPS = 15_000;
const STEPS_AN_ITERATION = 512;
const PAPER = { rollout: 10.4, update: 3.6, weigh: 0.5 } as const;
const HOUR = 3600;

/** `coso bench causal`, epochsTimeRatio: ours over the published way's, over four epochs. */
const PUBLISHED_WEIGHING = 1 / 0.12;

/** Both ends of what `coso doctor --plan` takes for likely, and between them. */
const PROGRAMS = [
  { name: "what good programs reach", launchSeconds: 4e-6, productShare: 0.5 },
  { name: "between", launchSeconds: 8e-6, productShare: 0.375 },
  { name: "a cautious half of it", launchSeconds: 12e-6, productShare: 0.25 },
] as const;
/** Mean tokens of an utterance, which the paper does not give; at most 256 are sampled. */
const LENGTHS = [60, 100, 150] as const;

type Program = (typeof PROGRAMS)[number];

function calibrationOf(program: Program, tokens: number): Calibration {
  const calibration = readCalibration(fileURLToPath(new URL("calibrations/h100.json", import.meta.url)));
  const game = calibration.environments["gym-cards"];
  const reference = calibration.kind === "card" ? calibration.engines.reference : undefined;
  if (calibration.kind !== "card" || reference === undefined || game === undefined) {
    throw new RangeError("h100.json has an engine `reference` and the environment `gym-cards`");
  }
  const assumed = (value: number) => ({ value, status: "assumed" as const, from: program.name });
  const launchSeconds = assumed(program.launchSeconds);
  const productShare = assumed(program.productShare);
  return {
    ...calibration,
    workload: "rl4vlm-numberline",
    engines: { reference: { ...reference, launchSeconds, productShare } },
    trainer: { launchSeconds, productShare, weighingFactor: assumed(PUBLISHED_WEIGHING) },
    environments: {
      "gym-cards": { ...game, utteranceTokens: { kind: "lognormal", mean: tokens, deviation: 0.3 } },
    },
  };
}

async function hours(program: Program, tokens: number): Promise<typeof PAPER | Record<keyof typeof PAPER, number>> {
  const choice = { environment: "gym-cards", engine: "reference", update: "lora", epochs: null } as const;
  const costs = await costsOf(calibrationOf(program, tokens), choice);
  const alone = { gpus: 1, environments: 1, mode: "synchronous", staleness: 0, trainers: null } as const;
  const { secondsPerUpdate, shares } = simulate(costs, { ...alone, stepsPerEnvironment: STEPS_AN_ITERATION }, 0);
  const inAll = (share: number): number => (share * secondsPerUpdate * STEPS) / STEPS_AN_ITERATION / HOUR;
  return { rollout: inAll(1 - shares.update - shares.weigh), update: inAll(shares.update), weigh: inAll(shares.weigh) };
}

const rows: string[][] = [];
for (const program of PROGRAMS) {
  for (const tokens of LENGTHS) {
    const { rollout, update, weigh } = await hours(program, tokens);
    const all = [rollout, update, weigh, rollout + update + weigh];
    rows.push([`${program.name}, ${tokens} tokens`, ...all.map((value) => value.toFixed(value < 0.1 ? 3 : 1))]);
  }
}
rows.push(["the paper", ...Object.values(PAPER).map(String), "14.5"]);
console.log(markdown(["H100 hours", "rollout", "update", "H^B", "all"], rows));
