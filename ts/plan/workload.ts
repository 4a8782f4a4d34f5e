import { usesScm } from "../config/method.ts";
import type { Experiment } from "../config.ts";
import { spokenIn } from "../demonstrations/scripted.ts";
import type { Environment, EnvironmentSpec, Observation } from "../environments/environment.ts";
import { environmentDefinition, environmentSettings } from "../environments/registry.ts";
import { isOver } from "../episode.ts";
import { RandomStream } from "../random.ts";
import { type ImageTokens, imageTokens } from "./image-tokens.ts";
import type { Range } from "./range.ts";
import type { ModelShape } from "./shapes.ts";

/** What an experiment makes a policy read, say and learn from. Counts are of tokens unless said otherwise. */
export interface Workload {
  /** Prompt with its image. */
  readonly prompt: number;
  /** Of them the image's, and what the vision tower reads of it; 0 without an image. */
  readonly image: ImageTokens;
  /** From the length of a scripted demonstration to the longest that may be sampled. */
  readonly utterance: Range;
  /** Environment steps of one episode. */
  readonly episodeSteps: Range;
  readonly factorLabels: readonly number[];
}

/** Measured with the tokenizer of Mistral 7B on the Gym Cards prompts: 3.2 to 3.9 characters a token. */
const PROMPT_CHARACTERS_PER_TOKEN = 3.2;
/** The same on scripted utterances, which hold more digits and punctuation: 2.3 to 3.1. */
const UTTERANCE_CHARACTERS_PER_TOKEN = 2.7;
/** What a chat template puts around a prompt. */
const TEMPLATE_TOKENS = 16;

const SAMPLED_EPISODES = 20;
const SAMPLED_DEMONSTRATIONS = 50;

/** Looks at a few observations, demonstrations and episodes with random actions; draws are the plan's own. */
export async function workloadOf(experiment: Experiment, shape: ModelShape): Promise<Workload> {
  const definition = environmentDefinition(experiment.environment.id);
  const settings = environmentSettings(definition, experiment.environment.settings);
  const environment = definition.create(settings);
  const random = new RandomStream(experiment.seed);
  try {
    const observation = await environment.reset({ seed: random.seed() });
    const lengths = await episodeLengths(environment, random);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    const image = imageOf(observation, shape);
    return {
      prompt: image.prompt + Math.ceil(observation.prompt.length / PROMPT_CHARACTERS_PER_TOKEN) + TEMPLATE_TOKENS,
      image,
      utterance: await utteranceLengths(experiment, random),
      episodeSteps: { low: mean / 2, high: Math.min(2 * mean, environment.spec.horizon) },
      factorLabels: labelCounts(environment.spec),
    };
  } finally {
    await environment.close?.();
  }
}

function imageOf({ image }: Observation, { vision }: ModelShape): ImageTokens {
  return image === undefined || vision === null ? { prompt: 0, vision: 0 } : imageTokens(vision, image);
}

/** The `invalid` label included. */
function labelCounts({ factors }: EnvironmentSpec): number[] {
  return factors.map(({ labels }) => labels.length + 1);
}

async function utteranceLengths({ environment, sampling, sft }: Experiment, random: RandomStream): Promise<Range> {
  const { demonstrations, settings } = environmentDefinition(environment.id);
  const high = sampling.maxNewTokens;
  if (demonstrations === undefined) return { low: high / 4, high };
  const given = sft !== null && "quality" in sft.demonstrations ? sft.demonstrations.quality : {};
  const spoken = await spokenIn(
    demonstrations.generate(
      SAMPLED_DEMONSTRATIONS,
      random,
      settings.parse(environment.settings),
      demonstrations.quality.parse(given),
    ),
  );
  const characters = spoken.reduce((sum, { utterance }) => sum + utterance.length, 0) / spoken.length;
  return { low: Math.min(high, characters / UTTERANCE_CHARACTERS_PER_TOKEN), high };
}

/** Of episodes in which every utterance is invalid, so that the fallback decides. */
async function episodeLengths(environment: Environment, random: RandomStream): Promise<number[]> {
  const lengths: number[] = [];
  for (let episode = 0; episode < SAMPLED_EPISODES; episode++) {
    let observation = await environment.reset({ seed: random.seed() });
    for (let steps = 1; ; steps++) {
      const result = await environment.step(randomAction(environment, observation, random));
      observation = result.observation;
      if (!isOver(result)) continue;
      lengths.push(steps);
      break;
    }
  }
  return lengths;
}

function randomAction(environment: Environment, observation: Observation, random: RandomStream): unknown {
  const parse = environment.parse("", observation);
  if (parse.kind === "action") return parse.action;
  return parse.fallback.kind === "random" ? random.pick(parse.fallback.among) : parse.fallback.action;
}

/** Sampled and greedy: of what there is at first, after SFT, and after RL. */
export function reportedEvaluations({ sft, iterations }: Experiment): number {
  const stages = 1 + (sft === null ? 0 : 1) + (iterations === 0 ? 0 : 1);
  return 2 * stages;
}

/** The SCM that a run builds; null where its method needs none. */
export function plannedScm(experiment: Experiment): Experiment["scm"] {
  return usesScm(experiment) ? experiment.scm : null;
}
