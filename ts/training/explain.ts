import { usesCausalWeights } from "../config/method.ts";
import type { Environment, Observation } from "../environments/environment.ts";
import type { ParseResult } from "../parsing/parse.ts";
import type { ScoredStep } from "../protocol/messages/acting.ts";
import { readFloat32 } from "../protocol/tensor.ts";
import { deriveSeed, RandomStream } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import { createEnvironment, type Training } from "./training.ts";
import { weighSteps } from "./weigh.ts";

/** One utterance of the policy, token by token, as `explanations.json` holds it. */
export interface Explanation {
  prompt: string;
  /** Path within the run folder; null without an image. */
  image: string | null;
  utterance: string;
  /** The parsed action; empty for an utterance that parses to none. */
  action: string;
  parse: ParseResult["kind"];
  tokens: ExplainedToken[];
}

export interface ExplainedToken {
  text: string;
  /** B^i; null for methods without causal weights. */
  weight: number | null;
  /** Nats, over the whole vocabulary. */
  entropy: number;
  logProb: number;
}

const numUtterances = 8;

/** Samples utterances of the present policy at fresh starts, weighs their tokens, and stores their images. */
export async function explain(training: Training): Promise<Explanation[]> {
  const { experiment, worker } = training;
  const environment = createEnvironment(training);
  try {
    const observations = await freshObservations(environment, deriveSeed(experiment.seed, "explanations"));
    const { batch, frames } = packObservations(observations);
    const stepIds = observations.map((_, index) => index);
    await worker.call("forgetSteps", { stepIds: null });
    const { utterances } = await worker.call(
      "act",
      {
        observations: batch,
        stepIds,
        ...experiment.sampling,
        greedy: false,
        policy: "present",
        seed: deriveSeed(experiment.seed, "explanations/sampling"),
      },
      { frames },
    );
    const spoken = observations.map((observation, index) => {
      const utterance = utterances[index] ?? "";
      return { id: index, observation, utterance, parse: environment.parse(utterance, observation) };
    });
    if (usesCausalWeights(experiment)) await weighSteps(training, spoken);
    const scored = await worker.call("score", { stepIds, images: null, temperature: experiment.sampling.temperature });
    await worker.call("forgetSteps", { stepIds: null });
    return await Promise.all(
      spoken.map(async ({ observation, utterance, parse }, index) => ({
        prompt: observation.prompt,
        image: observation.image === undefined ? null : await training.run.images.keep(observation.image),
        utterance,
        action: parse.kind === "action" ? actionText(parse.action) : "",
        parse: parse.kind,
        tokens: explainedTokens(scored.steps[index]),
      })),
    );
  } finally {
    await environment.close?.();
  }
}

/** First observations of episodes, each image once as far as a few attempts find others. */
async function freshObservations(environment: Environment, seed: number): Promise<Observation[]> {
  const random = new RandomStream(seed);
  const found: Observation[] = [];
  const seen = new Set<string>();
  for (let attempt = 0; attempt < 4 * numUtterances && found.length < numUtterances; attempt++) {
    const observation = await environment.reset({ seed: random.seed() });
    const key = observation.prompt + Buffer.from(observation.image?.rgb ?? []).toString("latin1");
    const attemptsLeft = 4 * numUtterances - attempt;
    if (seen.has(key) && attemptsLeft > numUtterances - found.length) continue;
    seen.add(key);
    found.push(observation);
  }
  return found;
}

function explainedTokens(step: ScoredStep | undefined): ExplainedToken[] {
  if (step === undefined) return [];
  const logProbs = readFloat32(step.logProbs);
  const entropies = readFloat32(step.entropies);
  const weights = step.causalWeights === null ? null : readFloat32(step.causalWeights);
  return step.tokens.map((text, token) => ({
    text,
    weight: weights?.[token] ?? null,
    entropy: entropies[token] ?? 0,
    logProb: logProbs[token] ?? 0,
  }));
}

/** An action as a reader knows it. */
export function actionText(action: unknown): string {
  return typeof action === "string" ? action : JSON.stringify(action);
}
