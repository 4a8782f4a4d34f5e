import { z } from "zod";
import { hasEngineApart } from "../config/engine.ts";
import { RunFolderError } from "../errors.ts";
import type { Experience } from "../experience.ts";
import { Rollout, type RolloutParts, type RolloutState } from "../rollout.ts";
import { readLoop } from "../runs/checkpoints.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { RlBase } from "./bases/base.ts";
import { baseOf } from "./bases/choose.ts";
import { emptySelection, type SelectionState, selectionStateSchema } from "./selection.ts";
import type { Stage } from "./stages.ts";
import { statesOf, streamStates } from "./stream-states.ts";
import { createEnvironment, type Training } from "./training.ts";
import { WeighingAsPlayed, weighsAsPlayed } from "./weigh-as-played.ts";
import { emptyHistogram, type WeightHistogram } from "./weight-histogram.ts";

/** What changes from iteration to iteration on this side; θ and φ change in the worker. */
export interface Loop {
  /** Iterations that are complete. */
  iteration: number;
  envSteps: number;
  rollout: Rollout;
  /** The next rollout, where it is played while the last is learned from. */
  ahead: Promise<Experience> | null;
  /** Whether the present experience was played by the policy before the last update. */
  isStale: boolean;
  /** Causal weights that are computed during the rollout; null where they are computed after it. */
  weighing: WeighingAsPlayed | null;
  /** The RL algorithm, with what it remembers. */
  base: RlBase;
  selection: SelectionState;
  histogram: WeightHistogram;
  /** Evaluations of the offline stage. */
  stages: Stage[];
  /** α as far as it adapts itself to a target; null while it is scheduled. */
  adaptedCoefficient: number | null;
}

const count = z.int().min(0);

/** `loop.json` of an iteration's checkpoint. What environments and evaluations wrote is theirs to read. */
const loopRecordSchema = z.strictObject({
  iteration: count,
  envSteps: count,
  streams: streamStates,
  rollout: z.looseObject({ nextStepId: count, seats: z.array(z.unknown()) }),
  base: z.unknown().describe("What the RL algorithm remembers; null where it remembers nothing."),
  selection: selectionStateSchema,
  histogram: z.strictObject({
    counts: z.array(count),
    tokens: count,
    below02: count,
    above05: count,
    sum: z.number(),
  }),
  stages: z.array(z.looseObject({ stage: z.string() })),
  seconds: z.record(z.string(), z.number()),
  adaptedCoefficient: z.number().nullable(),
  offsets: z
    .strictObject({ metrics: count, episodes: count, tokens: count.default(0) })
    .describe("Bytes of the JSONL files at this point; an earlier version wrote no tokens."),
});

/** Everything of the loop that a later process needs. */
export function loopRecord({ streams, clock, run }: Training, loop: Loop): z.input<typeof loopRecordSchema> {
  const { iteration, envSteps, rollout, base, selection, histogram, stages, adaptedCoefficient } = loop;
  return {
    iteration,
    envSteps,
    streams: statesOf(streams),
    rollout: { ...rollout.state() },
    base: base.state(),
    selection,
    histogram,
    stages: stages.map((stage) => ({ ...stage })),
    adaptedCoefficient,
    seconds: clock.totals(),
    offsets: { metrics: run.metrics.size, episodes: run.episodes.size, tokens: run.tokens.size },
  };
}

/** The best policy that a checkpoint's loop refers to. */
export function bestCheckpointOf(record: unknown): string | null {
  const parsed = loopRecordSchema.pick({ selection: true }).loose().safeParse(record);
  return parsed.success ? (parsed.data.selection.best?.checkpoint ?? null) : null;
}

/** Fresh environments, right after the offline stage. */
export async function startLoop(training: Training, stages: Stage[]): Promise<Loop> {
  training.run.metrics.truncate(0);
  training.run.episodes.truncate(0);
  training.run.tokens.truncate(0);
  const weighing = weighingOf(training);
  return {
    iteration: 0,
    envSteps: 0,
    ...nothingAhead,
    weighing,
    rollout: await Rollout.start(rolloutParts(training, weighing)),
    base: baseOf(training),
    selection: emptySelection,
    histogram: emptyHistogram(),
    stages,
    adaptedCoefficient: null,
  };
}

/** Streams, environments, counters and files as they were when the checkpoint was taken. */
export async function restoreLoop(training: Training, checkpoint: string): Promise<Loop> {
  const record = readLoopRecord(training.run, checkpoint);
  training.streams.restore(record.streams);
  training.clock.carryOver(record.seconds);
  training.run.metrics.truncate(record.offsets.metrics);
  training.run.episodes.truncate(record.offsets.episodes);
  training.run.tokens.truncate(record.offsets.tokens);
  const { iteration, envSteps, selection, histogram, adaptedCoefficient } = record;
  const weighing = weighingOf(training);
  return {
    ...nothingAhead,
    weighing,
    iteration,
    envSteps,
    selection,
    histogram,
    adaptedCoefficient,
    rollout: await Rollout.restore(rolloutParts(training, weighing), record.rollout as unknown as RolloutState),
    base: baseOf(training, record.base),
    stages: record.stages as unknown as Stage[],
  };
}

function readLoopRecord(run: RunFolder, checkpoint: string): z.output<typeof loopRecordSchema> {
  const result = loopRecordSchema.safeParse(readLoop(run, checkpoint));
  if (result.success) return result.data;
  throw new RunFolderError(
    `${run.path("checkpoints", checkpoint)}: loop.json is damaged:\n${z.prettifyError(result.error)}`,
  );
}

/** When nothing plays on, frees the environments. */
export async function closeLoop({ ahead, rollout }: Loop): Promise<void> {
  await ahead?.catch(() => undefined);
  await rollout.close();
}

/** A checkpoint is never taken with a rollout ahead of it. */
const nothingAhead = { ahead: null, isStale: false } as const;

function weighingOf(training: Training): WeighingAsPlayed | null {
  return weighsAsPlayed(training.experiment) ? new WeighingAsPlayed(training) : null;
}

function rolloutParts(training: Training, weighing: WeighingAsPlayed | null): RolloutParts {
  const { experiment, worker, streams, run } = training;
  return {
    worker,
    environments: Array.from({ length: experiment.rollout.environments }, () => createEnvironment(training)),
    numGroups: experiment.rollout.groups,
    asynchronous: experiment.rollout.asynchronous,
    sampling: experiment.sampling,
    streams,
    keepImage: (image) => run.images.keep(image),
    isEngineApart: hasEngineApart(experiment),
    ...(weighing !== null && { onSpoken: (steps) => weighing.add(steps) }),
  };
}
