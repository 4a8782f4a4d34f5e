import { exactWeights } from "../causality/exact.ts";
import type { ParseResult } from "../parsing/parse.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";
import type { Params } from "../protocol/messages.ts";
import { float32Tensor, int32Tensor, readFloat32 } from "../protocol/tensor.ts";
import type { Spoken } from "../trajectory.ts";
import { actionKey, labelTensor } from "./factor-labels.ts";
import type { Training } from "./training.ts";

/** Causal weights of all tokens, utterance after utterance, and how they came about. */
export interface Weighed {
  readonly weights: Float32Array;
  readonly lengths: readonly number[];
  readonly metrics: Metrics;
}

type Weigher = Pick<Training, "experiment" | "spec" | "worker" | "streams" | "parser" | "nullText">;

/** Causal weights by the experiment's method, kept by the worker beside the steps (Algorithm 1, lines 13–14). */
export async function weighSteps(weigher: Weigher, steps: readonly Spoken[]): Promise<Weighed> {
  const { worker, spec, streams } = weigher;
  const parses = steps.map(({ parse }) => parse);
  const { weights, lengths, metrics } = await worker.call("weigh", {
    stepIds: steps.map(({ id }) => id),
    labels: labelTensor(spec.factors, parses),
    method: await wireMethod(weigher, steps),
    seed: streams.stream("weigh").seed(),
  });
  return { weights: readFloat32(weights), lengths, metrics };
}

async function wireMethod(weigher: Weigher, steps: readonly Spoken[]): Promise<Params<"weigh">["method"]> {
  const { weights: method, sampling } = weigher.experiment;
  switch (method.kind) {
    case "exact":
      return { kind: "given", weights: float32Tensor(await exactOf(weigher, steps, method)) };
    case "policy":
      return { ...method, spans: spanTensor(steps.map(({ parse }) => parse)), temperature: sampling.temperature };
    default:
      return method;
  }
}

/** What exact weights may be asked for. */
export type ExactSettings = Pick<
  Extract<Training["experiment"]["weights"], { kind: "exact" }>,
  "window" | "replacements"
>;

/** Weights that f^parse itself gives, utterance after utterance. */
export async function exactOf(
  { experiment, worker, streams, parser, nullText }: Weigher,
  steps: readonly Spoken[],
  { window, replacements }: ExactSettings,
): Promise<Float32Array> {
  const { pieces, alternatives } = await worker.call("readTokens", {
    stepIds: steps.map(({ id }) => id),
    alternatives: replacements.sampled,
    temperature: experiment.sampling.temperature,
    seed: streams.stream("alternatives").seed(),
  });
  const weights = steps.map(({ observation }, n) =>
    exactWeights(
      pieces[n] ?? [],
      (utterance) => actionKey(parser.parse(utterance, observation)),
      {
        nullText: replacements.null ? nullText : null,
        delete: replacements.delete,
        alternatives: alternatives[n] ?? [],
      },
      window,
    ),
  );
  return joined(weights);
}

/** int32 [N, 2]: the characters that decide the action; −1, −1 where none do. */
export function spanTensor(parses: readonly ParseResult[]): ReturnType<typeof int32Tensor> {
  const spans = parses.flatMap((parse) => (parse.kind === "action" ? [...parse.span] : [-1, -1]));
  return int32Tensor(Int32Array.from(spans), [parses.length, 2]);
}

/** One after another. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
