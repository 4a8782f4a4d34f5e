import type { Demonstration, Demonstrations, EnvironmentDefinition } from "../environments/environment.ts";
import { ConfigError } from "../errors.ts";
import { deriveSeed, RandomStream } from "../random.ts";

/**
 * `count` demonstrations of the environment's scripted expert, made as they are asked for. The same seed and `purpose`
 * always give the same ones: an experiment and a file that `coso demonstrations` writes share them.
 */
export function scriptedDemonstrations(
  { id, demonstrations }: EnvironmentDefinition,
  {
    count,
    seed,
    purpose,
    settings,
    quality,
  }: { count: number; seed: number; purpose: string; settings: unknown; quality: unknown },
): Demonstrations {
  if (demonstrations === undefined) throw new ConfigError(`${id}: has no scripted expert to learn from`);
  return demonstrations.generate(count, new RandomStream(deriveSeed(seed, purpose)), settings, quality);
}

/** All of them, without their images, of which there may be more than fit into memory. */
export async function spokenIn(demonstrations: Demonstrations): Promise<Demonstration[]> {
  const spoken: Demonstration[] = [];
  for await (const { observation, utterance } of demonstrations) {
    const { image: _image, ...text } = observation;
    spoken.push({ observation: text, utterance });
  }
  return spoken;
}

/** Purpose of what SFT learns from. */
export const SFT_PURPOSE = "demonstrations";
