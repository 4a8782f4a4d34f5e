import type { Demonstration } from "../environments/environment.ts";
import { deriveSeed, RandomStream } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import type { Training } from "./training.ts";

/** Demonstrations in one message: 64 images of 300×300 are 17 MB. */
const chunkSize = 64;

type Scripted = Pick<Training, "experiment" | "definition">;

/**
 * `count` scripted demonstrations; the same `purpose` always gives the same ones, since the tokenizer's corpus and SFT
 * share them. The quality is that of the experiment's SFT, or the environment's default where there is no SFT.
 */
export function scriptedDemonstrations(
  { experiment, definition }: Scripted,
  purpose: string,
  count: number,
): Demonstration[] {
  const { demonstrations } = definition;
  if (demonstrations === undefined) return [];
  const quality = experiment.sft?.demonstrations.quality ?? demonstrations.quality.parse({});
  const random = new RandomStream(deriveSeed(experiment.seed, purpose));
  return [...demonstrations.generate(count, random, experiment.environment.settings, quality)];
}

/** What SFT learns from; empty without SFT. */
export function sftDemonstrations(scripted: Scripted): Demonstration[] {
  const count = scripted.experiment.sft?.demonstrations.count ?? 0;
  return count === 0 ? [] : scriptedDemonstrations(scripted, "demonstrations", count);
}

/** θ learns from the demonstrations. */
export async function fitSft(training: Training, demonstrations: readonly Demonstration[]): Promise<void> {
  const { experiment, worker, clock, progress, streams, signal } = training;
  if (experiment.sft === null) return;
  const { demonstrations: _demonstrations, ...settings } = experiment.sft;
  progress.begin("supervised fine-tuning", settings.steps);
  await clock.measure("sft", async () => {
    for (let start = 0; start < demonstrations.length; start += chunkSize) {
      const chunk = demonstrations.slice(start, start + chunkSize);
      const { batch, frames } = packObservations(chunk.map(({ observation }) => observation));
      const utterances = chunk.map(({ utterance }) => utterance);
      await worker.call("addDemonstrations", { observations: batch, utterances }, { frames, signal });
    }
    await worker.call(
      "fitSft",
      { ...settings, seed: streams.stream("sft").seed() },
      {
        signal,
        onProgress: (event) => progress.update(event.done, lossOf(event.metrics["sft/loss"])),
      },
    );
  });
  progress.end();
}

function lossOf(loss: number | undefined): string | undefined {
  return loss === undefined ? undefined : `loss ${loss.toFixed(3)}`;
}
