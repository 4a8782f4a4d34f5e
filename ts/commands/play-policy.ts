import type { Writable } from "node:stream";
import type { Environment, Observation } from "../environments/environment.ts";
import { hasSucceeded, isOver } from "../episode.ts";
import { ConfigError } from "../errors.ts";
import { deriveSeed, RandomStream } from "../random.ts";

/** - `expert`: the environment's own · `random`: one of the actions that the observation lists, each as likely */
export const POLICIES = ["expert", "random"] as const;
export type PolicyName = (typeof POLICIES)[number];

export interface PolicyPlay {
  readonly policy: PolicyName;
  readonly episodes: number;
  /** Of the first episode; the next ones count up. */
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly isJson: boolean;
}

interface PlayedEpisode {
  readonly seed: number;
  readonly steps: number;
  readonly return: number;
  /** Null where the environment broke down. */
  readonly success: boolean | null;
  readonly fault?: string;
  readonly kind?: string;
  readonly actions: readonly unknown[];
  readonly info: Readonly<Record<string, unknown>>;
}

/**
 * Plays whole episodes by a policy that is no model, and writes a line for each.
 * @throws ConfigError where the environment has no such policy.
 */
export async function playPolicy(environment: Environment, stdout: Writable, play: PolicyPlay): Promise<void> {
  let successes = 0;
  for (let episode = 0; episode < play.episodes; episode++) {
    const played = await playEpisode(environment, play, play.seed + episode);
    successes += played.success ? 1 : 0;
    stdout.write(`${play.isJson ? JSON.stringify(played) : describe(played)}\n`);
  }
  if (!play.isJson) stdout.write(`${successes} of ${play.episodes} episodes succeeded\n`);
}

async function playEpisode(
  environment: Environment,
  { policy, options }: PolicyPlay,
  seed: number,
): Promise<PlayedEpisode> {
  const random = new RandomStream(deriveSeed(seed, "policy"));
  let observation = await environment.reset({ seed, options });
  const actions: unknown[] = [];
  let total = 0;
  for (;;) {
    const action =
      policy === "expert" ? await expertAction(environment) : randomAction(environment, observation, random);
    actions.push(action);
    const result = await environment.step(action);
    observation = result.observation;
    total += result.reward;
    if (!isOver(result)) continue;
    return {
      seed,
      steps: actions.length,
      return: total,
      success: result.fault === undefined ? hasSucceeded(result.success, total) : null,
      ...(result.fault !== undefined && { fault: result.fault }),
      ...(result.kind !== undefined && { kind: result.kind }),
      actions,
      info: result.info,
    };
  }
}

function expertAction(environment: Environment): Promise<unknown> {
  if (environment.expert === undefined) {
    throw new ConfigError(`--policy: expected another than expert, which ${environment.spec.id} does not have`);
  }
  return environment.expert();
}

function randomAction({ spec }: Environment, { admissible }: Observation, random: RandomStream): string {
  if (admissible !== undefined) return random.pick(admissible);
  throw new ConfigError(`--policy: expected another than random, since observations of ${spec.id} list no actions`);
}

function describe({ seed, steps, success, fault, kind, actions, ...episode }: PlayedEpisode): string {
  const verdict = fault === undefined ? (success ? "success" : "no success") : `broke down (${fault})`;
  const outcome = `${verdict} after ${steps} steps, return ${episode.return}`;
  const told = actions.map((action) => (typeof action === "string" ? action : JSON.stringify(action)));
  return `seed ${seed}${kind === undefined ? "" : ` ${kind}`}: ${outcome}\n  ${told.join("\n  ")}`;
}
