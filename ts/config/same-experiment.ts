import { ConfigError } from "../errors.ts";
import { differences } from "../runs/differences.ts";
import { resolveEnvironment } from "./parse-settings.ts";
import { type Experiment, experimentSchema } from "./schema.ts";

/**
 * An experiment that a run recorded, with today's defaults for settings that came after it: a run does what the default
 * of such a setting says. What the schema does not know, such as a prompting or a setting that is gone, stays as it is.
 */
export function withDefaults(recorded: object): object {
  const result = experimentSchema.safeParse(recorded);
  if (!result.success) return recorded;
  try {
    return asJson({ ...result.data, environment: resolveEnvironment(result.data.environment) });
  } catch (error) {
    // Of an environment that is not imported here, or whose settings have changed since.
    if (error instanceof ConfigError) return asJson(result.data);
    throw error;
  }
}

/**
 * The part of an experiment that its results hang on: neither where figures go nor where worker and engine run, nor how batches are
 * divided into passes or among processes, nor what would have stopped it.
 */
export function deciding(experiment: object): object {
  const { sinks: _sinks, worker, mismatch, ...rest } = experiment as Partial<Experiment>;
  const { connect: _connect, launcher: _launcher, processes: _processes, engine, ...computing } = worker ?? {};
  const { maxMean: _maxMean, ...handling } = mismatch ?? {};
  return withoutPasses({
    ...rest,
    ...(worker !== undefined && {
      worker: { ...computing, ...(engine !== undefined && { engine: speaking(engine) }) },
    }),
    ...(mismatch !== undefined && { mismatch: handling }),
  });
}

/** What an engine says does not hang on where it runs. */
function speaking(engine: Experiment["worker"]["engine"]): object {
  const { ownProcess: _ownProcess, cudaDevice: _cudaDevice, ...rest } = { ownProcess: false, ...engine };
  return rest;
}

/** Paths at which `asked` would give other results than what a run recorded, such as `algorithm.clip: 0.1 → 0.2`. */
export function changedSettings(recorded: object, asked: object): string[] {
  return differences(deciding(withDefaults(recorded)), deciding(asJson(asked)));
}

/** The environment's settings are its own, whatever they are called. */
const OF_ENVIRONMENTS = new Set(["environment", "evaluation"]);

function withoutPasses(value: object): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "microBatch")
      .map(([key, child]) => [key, isRecord(child) && !OF_ENVIRONMENTS.has(key) ? withoutPasses(child) : child]),
  );
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As it is read again: without what JSON leaves out. */
function asJson(value: object): object {
  return JSON.parse(JSON.stringify(value)) as object;
}
