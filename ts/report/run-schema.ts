import { z } from "zod";

/**
 * What a report reads of a run folder. Objects are open: a run may record more than a report shows.
 * N and n of the intervals are counted in episodes; all shares lie in [0, 1].
 */

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const interval = z.tuple([share, share]).readonly();
const seconds = z.record(z.string(), z.number().min(0));

/** `config.json`. */
export const runConfigSchema = z.looseObject({
  experiment: z.looseObject({
    name: z.string().min(1),
    seed: count,
    environment: z.looseObject({ id: z.string() }),
  }),
  /** What the paper or this project calls it, such as CoSo. */
  method: z.string().min(1),
  /** Commit of the code, or null outside a checkout. */
  revision: z.string().nullable().default(null),
  versions: z.record(z.string(), z.string()).default({}),
});

/** A line of `metrics.jsonl`. A metric is null where it was undefined (no episode ended in that iteration). */
export const iterationSchema = z.looseObject({
  iteration: count,
  /** Environment steps taken up to the end of this iteration. */
  envSteps: count,
  metrics: z.record(z.string(), z.number().nullable()),
  seconds,
});

const token = z.looseObject({
  text: z.string(),
  /** Causal weight B^i; null where the run kept none. */
  weight: z.number().min(0).nullable(),
  /** Nats. */
  entropy: z.number(),
  logProb: z.number(),
});

/** Within the run folder. The pattern keeps a report from reading any other file. */
export const imageName = z.string().regex(/^images\/[0-9a-f]{64}\.png$/, 'must be "images/<sha256>.png"');

/** An element of `explanations.json`: one utterance of the final policy, token by token. */
export const explanationSchema = z.looseObject({
  prompt: z.string(),
  image: imageName.nullable(),
  utterance: z.string(),
  action: z.string(),
  parse: z.enum(["action", "invalid"]),
  tokens: z.array(token),
});

const evaluation = z
  .looseObject({
    successes: count,
    episodes: count,
    rate: share,
    interval,
    validJson: share.nullable(),
    invalid: share,
    meanReturn: z.number(),
    faults: count.exactOptional(),
    conditions: z.record(z.string(), z.string()).exactOptional(),
    byKind: z
      .array(z.looseObject({ kind: z.string(), successes: count, episodes: count, rate: share, interval }))
      .exactOptional(),
  })
  .refine(({ successes, episodes }) => successes <= episodes, { error: "has more successes than episodes" });

const charge = { inputTokens: count.nullable(), outputTokens: count.nullable(), cost: z.number().min(0).nullable() };

/** Of a model behind an HTTP endpoint. Tokens are null where it reports none, cost also without prices. */
const prompting = z.looseObject({
  model: z.string(),
  /** Shares of utterances that reached the token limit, and that the endpoint kept back. */
  cut: share,
  withheld: share,
  /** What the evaluation stands on, whenever it was asked for. */
  answers: z.looseObject({ count, ...charge }),
  /** What the run sent, retries and what was cut off included. */
  sent: z.looseObject({ requests: count, ...charge }),
  currency: z.string().nullable(),
});

const causalWeights = z.looseObject({
  /** Tokens by weight, over equal bins of [0, 1]. */
  counts: z.array(count).length(20),
  tokens: count,
  shareBelow02: share,
  shareAbove05: share,
  mean: share,
});

/** `summary.json`, written when a run ends. */
export const summarySchema = z.looseObject({
  name: z.string(),
  seed: count,
  successRate: share,
  successInterval: interval,
  episodes: count,
  envSteps: count,
  seconds,
  stages: z
    .array(
      z.looseObject({
        stage: z.string(),
        sampled: evaluation,
        /** Null where only sampled utterances were evaluated. */
        greedy: evaluation.nullable(),
      }),
    )
    .min(1),
  chosenIteration: count.nullable(),
  causalWeights: causalWeights.nullable(),
  /** Of the parts of the agent; absent from runs of earlier versions, as the next but one. */
  parameters: z.looseObject({ policy: count, valueHead: count, scm: count }).optional(),
  /** What the worker computed on, such as cuda; absent from runs of earlier versions. */
  device: z.string().optional(),
  peakMemoryBytes: count.nullable(),
  /** Bytes while each method of the worker ran: on its accelerator if it has one, else resident. */
  peakMemoryByMethod: z.record(z.string(), count).optional(),
  /** Only of runs of `coso prompt`. */
  prompting: prompting.optional(),
});

export type RunConfig = z.output<typeof runConfigSchema>;
export type Iteration = z.output<typeof iterationSchema>;
export type Explanation = z.output<typeof explanationSchema>;
export type ExplainedToken = Explanation["tokens"][number];
export type Summary = z.output<typeof summarySchema>;
export type Stage = Summary["stages"][number];
export type StageEvaluation = Stage["sampled"];
export type CausalWeightShare = z.output<typeof causalWeights>;
