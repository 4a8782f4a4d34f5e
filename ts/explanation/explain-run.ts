import { usesCausalWeights } from "../config/method.ts";
import type { WeightsConfig } from "../config/schema.ts";
import type { RgbImage } from "../environments/environment.ts";
import type { LoadedRun } from "../loaded-run.ts";
import type { Progress } from "../progress.ts";
import { deriveSeed, RandomStreams } from "../random.ts";
import type { ExactSettings } from "../training/weigh.ts";
import type { Spoken } from "../trajectory.ts";
import { type Agreement, agreementOf, type WeightPair } from "./agreement-estimates.ts";
import { type SampleSize, sampleHeldOut } from "./held-out.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { type ScmPrediction, scmPrediction } from "./scm-prediction.ts";
import { type WeighedTwice, weighTwice } from "./weigh-twice.ts";
import { type WeightSpread, weightSpread } from "./weight-spread.ts";

export interface ExplainRequest {
  readonly size: SampleSize;
  /** Decides episodes, utterances and resamples; the run's own where it is left out. */
  readonly seed?: number | undefined;
  readonly exact: ExactSettings;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** How right a run's causal weights are, on utterances that its training has not seen. JSON. */
export interface RunExplanation {
  run: string;
  checkpoint: string;
  /** What the paper or this project calls it, such as CoSo. */
  method: string;
  environment: string;
  seed: number;
  temperature: number;
  episodes: number;
  utterances: number;
  /** Utterances that parse to no action. */
  invalid: number;
  exact: ExactSettings & { spread: WeightSpread };
  weights: MethodWeights | NoMethodWeights;
}

/** Weights by the run's own method, beside exact ones. */
interface MethodWeights {
  kind: "weighed";
  /** `paper`, `published` …, as the experiment names it. */
  method: WeightsConfig["kind"];
  spread: WeightSpread;
  agreement: Agreement;
  /** Null where the weights come from no SCM. */
  prediction: ScmPrediction | null;
}

interface NoMethodWeights {
  kind: "none";
  reason: string;
}

/** An utterance with both kinds of weights, token by token. */
export interface WeighedUtterance {
  readonly prompt: string;
  readonly image: RgbImage | null;
  readonly utterance: string;
  readonly outcome: Outcome;
  readonly tokens: readonly WeighedToken[];
}

export interface WeighedToken {
  readonly text: string;
  /** By the run's own method; null where it has none. */
  readonly weight: number | null;
  readonly exact: number;
}

const purpose = "explain";

/** Samples utterances of fresh episodes and weighs their tokens by the run's own method and by f^parse itself. */
export async function explainRun(
  loaded: LoadedRun,
  { size, exact, progress, signal, ...request }: ExplainRequest,
): Promise<{ explanation: RunExplanation; utterances: WeighedUtterance[] }> {
  const { experiment } = loaded;
  const seed = request.seed ?? experiment.seed;
  const streams = new RandomStreams(deriveSeed(seed, purpose));
  const { utterances: spoken, episodes } = await sampleHeldOut(loaded, { size, streams, progress, signal });
  const absence = absentWeights(loaded);
  const withOwn = absence === null;
  const weighed = await weighTwice(loaded, spoken, { exact, withOwn, streams, progress, signal });
  const weights: RunExplanation["weights"] =
    absence === null
      ? {
          kind: "weighed",
          method: experiment.weights.kind,
          spread: weightSpread(weighed.own ?? []),
          agreement: agreementOf(pairsOf(weighed), streams.stream("bootstrap")),
          prediction: loaded.hasScm ? await scmPrediction(loaded, spoken, signal) : null,
        }
      : { kind: "none", reason: absence };
  return {
    explanation: {
      run: loaded.directory,
      checkpoint: loaded.checkpoint,
      method: loaded.method,
      environment: experiment.environment.id,
      seed,
      temperature: experiment.sampling.temperature,
      episodes,
      utterances: spoken.length,
      invalid: spoken.filter(({ parse }) => parse.kind === "invalid").length,
      exact: { ...exact, spread: weightSpread(weighed.exact) },
      weights,
    },
    utterances: spoken.map((each, n) => weighedUtterance(each, weighed, n)),
  };
}

/** Why there are no weights by the run's own method; null where there are. */
function absentWeights({ experiment, method, hasScm, checkpoint }: LoadedRun): string | null {
  if (!usesCausalWeights(experiment)) return `${method} uses no causal weights`;
  if (experiment.weights.kind === "exact") return "the run's own weights are exact ones";
  if (experiment.weights.kind === "policy" || hasScm) return null;
  return `checkpoint ${checkpoint} holds no SCM`;
}

function weighedUtterance(
  { observation, utterance, parse }: Spoken,
  { pieces, own, exact }: WeighedTwice,
  index: number,
): WeighedUtterance {
  return {
    prompt: observation.prompt,
    image: observation.image ?? null,
    utterance,
    outcome: outcomeOf(parse),
    tokens: (pieces[index] ?? []).map((text, token) => ({
      text,
      weight: own?.[index]?.[token] ?? null,
      exact: exact[index]?.[token] ?? 0,
    })),
  };
}

function pairsOf({ own, exact }: WeighedTwice): WeightPair[] {
  return exact.map((effects, index) => ({ weights: own?.[index] ?? new Float32Array(effects.length), exact: effects }));
}
