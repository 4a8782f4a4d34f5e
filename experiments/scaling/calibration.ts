import { readFileSync } from "node:fs";
import { z } from "zod";
import { CARD_NAMES, ConfigError } from "../../ts/index.ts";
import { distribution } from "./distribution.ts";

/** A number that says where it comes from: a simulation is worth as much as what it was fed. */
const provenance = {
  status: z.enum(["measured", "published", "assumed"]),
  /** Command and field, source, or reason. */
  from: z.string().min(1),
};
const figure = (value: z.ZodNumber) => z.strictObject({ value, ...provenance });
const seconds = figure(z.number().min(0));
const share = figure(z.number().gt(0).max(1));
const rate = figure(z.number().positive());

/**
 * - `padded`: a batch is spoken for until its longest utterance ends; who comes meanwhile waits (this project's worker)
 * - `continuous`: utterances enter and leave at every decode step (serving engines)
 */
const batching = z.enum(["padded", "continuous"]);
/** Utterances at once beside what memory allows; null: memory alone decides. */
const maxRows = z.int().min(1).nullable();

const environment = z.strictObject({
  step: distribution,
  reset: distribution,
  episodeSteps: z.number().min(1),
  /** `core`: a step occupies a core of the environments' hosts; `own`: it waits for a device or machine of its own. */
  runsOn: z.enum(["core", "own"]),
  /** null: as the experiment's own environment has it. */
  promptTokens: z.int().min(1).nullable(),
  utteranceTokens: distribution,
  ...provenance,
});

const common = {
  name: z.string().min(1),
  /** What is played and learned, by its name in `workloads.ts`. */
  workload: z.enum(["numberline-7b", "rl4vlm-numberline", "quickstart"]),
  /** Of the one TypeScript process that leads: packing, sending, parsing and recording one environment step. */
  leaderSecondsPerStep: seconds,
  /** Cores of environment hosts for each GPU. */
  coresPerGpu: figure(z.int().min(1)),
  /** Optimiser steps in one epoch: batches grow with the number of environments. */
  optimiserStepsPerEpoch: figure(z.int().min(1)),
  links: z.strictObject({
    /** Between trainers, bytes a second. */
    gradients: rate,
    /** From trainers to engines, bytes a second. */
    weights: rate,
  }),
  environments: z.record(z.string(), environment),
};

/** Costs by arithmetic: what the plan counts, over what a card can do, times the share of it that programs reach. */
const cardCalibration = z.strictObject({
  kind: z.literal("card"),
  ...common,
  card: z.enum(CARD_NAMES),
  engines: z.record(
    z.string(),
    z.strictObject({
      batching,
      maxRows,
      /** Of the card's peak, where prompts are read. */
      productShare: share,
      /** Of the card's bandwidth, where utterances are decoded. */
      bandwidthShare: share,
      /** From one operation to the next. */
      launchSeconds: seconds,
      /** Passes over prompt and utterance for each utterance: 2 where log-probs take a pass of their own. */
      promptPasses: figure(z.int().min(1)),
    }),
  ),
  trainer: z.strictObject({
    /** Of the card's peak, counting recomputation as work. */
    productShare: share,
    launchSeconds: seconds,
    /** Causal weights take this many times the seconds of this project's way of scoring them. */
    weighingFactor: figure(z.number().positive()),
  }),
});

/** Costs as they were measured on a machine, for which a data sheet says little. */
const measuredCalibration = z.strictObject({
  kind: z.literal("measured"),
  ...common,
  engines: z.record(
    z.string(),
    z.strictObject({
      batching,
      maxRows,
      promptSeconds: seconds,
      /** A decode step takes this much, and `rowSeconds` more for each row. */
      stepSeconds: seconds,
      rowSeconds: seconds,
    }),
  ),
  trainer: z.strictObject({
    /** Learning once from one step. */
    learnSeconds: seconds,
    weighSeconds: seconds,
    fitScmSeconds: seconds,
  }),
});

const calibration = z.discriminatedUnion("kind", [cardCalibration, measuredCalibration]);

export type Calibration = z.output<typeof calibration>;
export type EnvironmentKind = z.output<typeof environment>;

/** @throws ConfigError when the file is missing, no JSON, or not a calibration; fields are named. */
export function readCalibration(path: string): Calibration {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? `no valid JSON: ${cause.message}` : "cannot be read";
    throw new ConfigError(`${path}: ${what}; experiments/scaling/calibrations/ holds examples`, { cause });
  }
  const result = calibration.safeParse(content);
  if (result.success) return result.data;
  throw new ConfigError(`${path} is no calibration:\n${z.prettifyError(result.error)}`);
}

/** One of a calibration's engines or environments. @throws ConfigError when there is none of that name. */
export function named<Value>(among: Readonly<Record<string, Value>>, name: string, what: string): Value {
  const found = Object.hasOwn(among, name) ? among[name] : undefined;
  if (found !== undefined) return found;
  throw new ConfigError(`${what}: expected one of ${Object.keys(among).join(", ")}, received "${name}"`);
}

/** How many figures stand on what. */
export function provenanceOf(value: unknown): Record<z.output<typeof provenance.status>, number> {
  const counts = { measured: 0, published: 0, assumed: 0 };
  const visit = (part: unknown): void => {
    if (typeof part !== "object" || part === null) return;
    const status = "status" in part ? provenance.status.safeParse(part.status).data : undefined;
    if (status !== undefined) counts[status] += 1;
    for (const each of Object.values(part)) visit(each);
  };
  visit(value);
  return counts;
}
