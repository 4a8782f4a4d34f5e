import { SFT_PURPOSE, scriptedDemonstrations, spokenIn } from "../demonstrations/scripted.ts";
import type { Demonstration, Demonstrations } from "../environments/environment.ts";
import { deriveSeed, RandomStream } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import { demonstrationsOf } from "./sft-file.ts";
import type { Training } from "./training.ts";

/** Demonstrations in one message: 64 images of 300×300 are 17 MB. */
const chunkSize = 64;

type Source = Pick<Training, "experiment" | "definition" | "sftFile">;

/** What SFT learns from, made as it is asked for; the same each time. Nothing without SFT. */
export function sftDemonstrations(source: Source): Demonstrations {
  return source.sftFile === null ? scripted(source, SFT_PURPOSE) : demonstrationsOf(source.sftFile);
}

/** The words of {@link sftDemonstrations}. */
export async function sftTexts(source: Source): Promise<Demonstration[]> {
  return source.sftFile === null ? spokenIn(scripted(source, SFT_PURPOSE)) : source.sftFile.rows.map(textOf);
}

/**
 * Texts of the same kind for φ: others of the scripted expert, whose quality is that of the experiment's SFT, or the
 * default where there is no SFT; or rows of the user's file, drawn with replacement.
 */
export async function scmTexts(source: Source, count: number): Promise<Demonstration[]> {
  const purpose = "scm/texts";
  if (source.sftFile !== null) {
    const { rows } = source.sftFile;
    const random = new RandomStream(deriveSeed(source.experiment.seed, purpose));
    return Array.from({ length: count }, () => textOf(random.pick(rows)));
  }
  return spokenIn(scripted(source, purpose, count));
}

function textOf({ prompt, utterance }: { prompt: string; utterance: string }): Demonstration {
  return { observation: { prompt }, utterance };
}

/** As many as SFT learns from where no `count` is given. */
function scripted({ experiment, definition }: Source, purpose: string, count?: number): Demonstrations {
  const chosen = experiment.sft?.demonstrations;
  const ofSft = chosen !== undefined && "quality" in chosen ? chosen : null;
  const wanted = count ?? ofSft?.count ?? 0;
  if (definition.demonstrations === undefined || wanted === 0) return [];
  return scriptedDemonstrations(definition, {
    count: wanted,
    seed: experiment.seed,
    purpose,
    settings: experiment.environment.settings,
    quality: ofSft?.quality ?? definition.demonstrations.quality.parse({}),
  });
}

/** θ learns from the demonstrations. */
export async function fitSft(training: Training): Promise<void> {
  const { experiment, worker, clock, progress, streams, signal } = training;
  if (experiment.sft === null) return;
  const { demonstrations: _demonstrations, ...settings } = experiment.sft;
  progress.begin("supervised fine-tuning", settings.steps);
  await clock.measure("sft", async () => {
    for await (const chunk of chunksOf(sftDemonstrations(training))) {
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

/** A message has images of one size or none: rows that differ in that go apart. */
async function* chunksOf(demonstrations: Demonstrations): AsyncGenerator<Demonstration[]> {
  let chunk: Demonstration[] = [];
  for await (const demonstration of demonstrations) {
    const [first] = chunk;
    if (chunk.length === chunkSize || (first !== undefined && sizeOf(first) !== sizeOf(demonstration))) {
      yield chunk;
      chunk = [];
    }
    chunk.push(demonstration);
  }
  if (chunk.length > 0) yield chunk;
}

function sizeOf({ observation: { image } }: Demonstration): string {
  return image === undefined ? "" : `${image.width}×${image.height}`;
}

function lossOf(loss: number | undefined): string | undefined {
  return loss === undefined ? undefined : `loss ${loss.toFixed(3)}`;
}
