import { ConfigError } from "../../ts/index.ts";
import type { Costs } from "./costs.ts";
import { ACTIVITIES, type Activity, type DeviceSeconds } from "./ledger.ts";
import { playInLockstep } from "./lockstep.ts";
import { playAtOwnPace, type Staleness } from "./own-pace.ts";
import { chooseTrainers } from "./split.ts";
import { learningOf } from "./trainer.ts";
import { World } from "./world.ts";

/**
 * - `synchronous`: all environments, then the update, on all GPUs in turn
 * - `halves`: the same, with environments in two groups that overlap
 * - `asynchronous`: each environment at its own pace; some GPUs speak, others learn (one GPU does both in turn)
 */
export const MODES = ["synchronous", "halves", "asynchronous"] as const;
export type Mode = (typeof MODES)[number];

export interface Scale {
  readonly gpus: number;
  readonly environments: number;
  readonly mode: Mode;
  /** Versions of the weights between a step's beginning and its update, at most; of `asynchronous` alone. */
  readonly staleness: number;
  /** GPUs that learn and do not speak, of `asynchronous` alone; null: what the costs balance. */
  readonly trainers: number | null;
  /** An update learns from this many steps for each environment. */
  readonly stepsPerEnvironment: number;
}

export interface Outcome {
  readonly stepsPerSecond: number;
  readonly secondsPerUpdate: number;
  readonly engines: number;
  /** 0: the engines' GPUs learn. */
  readonly trainers: number;
  /** Of all GPUs' time, by what it went to; they sum to 1. */
  readonly shares: DeviceSeconds;
  /** Utterances that one engine speaks at once, while it decodes. */
  readonly rows: number;
  /** Share of the engines' time in which utterances wait for room in the cache, or for one of the rows. */
  readonly full: number;
  /** Share of its time that the leading process works. */
  readonly leader: number;
  /** Null where every step is learned from before the weights change. */
  readonly staleness: { readonly mean: number; readonly max: number; readonly discarded: number } | null;
}

/** Updates that are measured; before them some fill the pipeline. */
const MEASURED = 4;

/** The same seed gives the same outcome. @throws ConfigError for a scale that cannot be. */
export function simulate(costs: Costs, scale: Scale, seed: number): Outcome {
  const trainers = trainersOf(costs, scale);
  const learners = trainers === 0 ? scale.gpus : trainers;
  if (learners < costs.trainer.least) {
    throw new ConfigError(
      `--update full: what stays in memory wants at least ${costs.trainer.least} GPUs that learn, there are ${learners}; ` +
        "raise --gpus or --trainers, or learn adapters (--update lora)",
    );
  }
  const { environments, mode, staleness, stepsPerEnvironment } = scale;
  const engines = scale.gpus - trainers;
  const cacheTokens = cacheTokensOf(costs, trainers === 0 ? scale.gpus : null);
  const world = new World(costs, { gpus: scale.gpus, engines, environments, cacheTokens }, seed);
  const batch = environments * stepsPerEnvironment;
  const learning = learningOf(costs, batch, learners);

  const warmUp = mode === "asynchronous" ? staleness + 2 : 1;
  let updates = 0;
  const marks: Mark[] = [];
  const onUpdate = (): void => {
    updates += 1;
    if (updates === warmUp || updates === warmUp + MEASURED) marks.push(mark(world));
  };
  let found: Staleness | null = null;
  if (mode === "asynchronous") {
    const rules = { batch, staleness, learning, handOver: costs.handOver, trainers: trainers === 0 ? null : trainers };
    found = playAtOwnPace(world, rules, onUpdate);
  } else {
    playInLockstep(world, { groups: mode === "halves" ? 2 : 1, stepsPerEnvironment, learning }, onUpdate);
  }
  while (updates < warmUp + MEASURED && world.clock.tick());
  const [first, last] = marks;
  if (first === undefined || last === undefined) throw new RangeError("the simulation came to a halt");
  return { ...outcomeOf(first, last, scale.gpus, engines, batch), engines, trainers, staleness: told(found) };
}

/** @param sharing GPUs that speak and learn; null where engines do not learn. */
function cacheTokensOf({ engine, trainer }: Costs, sharing: number | null): number {
  const { cacheTokens, promptTokens, maxNewTokens } = engine;
  const taken = sharing === null ? 0 : cacheTokens.learning / (trainer.isSharded ? sharing : 1);
  const left = cacheTokens.alone - taken;
  if (left >= promptTokens + maxNewTokens) return left;
  throw new ConfigError(
    `beside what learns, a GPU has room for ${Math.max(0, Math.floor(left))} tokens, and one utterance takes ` +
      `${promptTokens + maxNewTokens} with its prompt; raise --gpus, or let some GPUs learn alone (--mode asynchronous)`,
  );
}

function trainersOf(costs: Costs, { mode, gpus, trainers, environments, stepsPerEnvironment }: Scale): number {
  if (mode !== "asynchronous") {
    if (trainers === null) return 0;
    throw new ConfigError(`--trainers: of mode asynchronous alone, received ${trainers} with ${mode}; leave it out`);
  }
  if (trainers === null) return chooseTrainers(costs, gpus, environments, environments * stepsPerEnvironment);
  const [least, most] = gpus === 1 ? [0, 0] : [1, gpus - 1];
  if (trainers >= least && trainers <= most) return trainers;
  throw new ConfigError(`--trainers: expected ${least} to ${most} of ${gpus} GPUs, received ${trainers}`);
}

interface Mark {
  readonly at: number;
  readonly seconds: DeviceSeconds;
  readonly leader: number;
  readonly decode: number;
  readonly rows: number;
  readonly full: number;
}

function mark(world: World): Mark {
  const figures = world.engines.map((engine) => engine.figures());
  const sum = (of: "decode" | "rows" | "full"): number => figures.reduce((total, figure) => total + figure[of], 0);
  return {
    at: world.clock.now,
    seconds: world.ledger.snapshot(),
    leader: world.leaderSeconds,
    decode: sum("decode"),
    rows: sum("rows"),
    full: sum("full"),
  };
}

function outcomeOf(
  first: Mark,
  last: Mark,
  gpus: number,
  engines: number,
  batch: number,
): Pick<Outcome, "stepsPerSecond" | "secondsPerUpdate" | "shares" | "rows" | "full" | "leader"> {
  const seconds = last.at - first.at;
  const names = Object.keys(ACTIVITIES) as Activity[];
  const shares = names.map((name) => [name, (last.seconds[name] - first.seconds[name]) / (seconds * gpus)]);
  return {
    stepsPerSecond: (MEASURED * batch) / seconds,
    secondsPerUpdate: seconds / MEASURED,
    shares: Object.fromEntries(shares) as Record<Activity, number>,
    rows: (last.rows - first.rows) / (last.decode - first.decode),
    full: (last.full - first.full) / (seconds * engines),
    leader: (last.leader - first.leader) / seconds,
  };
}

function told(found: Staleness | null): Outcome["staleness"] {
  if (found === null) return null;
  const { steps, sum, max, discarded } = found;
  return { mean: sum / steps, max, discarded: discarded / (steps + discarded) };
}
