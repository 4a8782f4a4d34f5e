import type { Observation } from "../environments/environment.ts";
import type { Interaction } from "../interaction.ts";
import { type RecordedStep, recordedStep } from "../recorded-step.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { EpisodeOutcome } from "../trajectory.ts";
import type { Ending } from "./dialect.ts";
import type { PromptedAnswer } from "./endpoint-agent.ts";

interface PromptedStep extends RecordedStep {
  ending: Ending;
  /** Name of the answer in the cache, where the prompt stands beside it. */
  answer: string;
}

/** Writes `episodes.jsonl` and the images beside it, from the start. */
export class EpisodeRecorder {
  readonly #run: RunFolder;
  /** Of episodes that are still played, by their number. */
  readonly #steps = new Map<number, PromptedStep[]>();
  /** Utterances by how they ended. */
  readonly endings: Record<Ending, number> = { finished: 0, cut: 0, withheld: 0 };

  constructor(run: RunFolder) {
    this.#run = run;
    run.episodes.truncate(0);
  }

  /** Adds a step to its episode, and writes the episode if the step ended it. */
  async add(
    episode: number,
    interaction: Interaction<PromptedAnswer>,
    outcome: EpisodeOutcome | undefined,
  ): Promise<void> {
    const { observation, key, answer } = interaction;
    const steps = this.#steps.get(episode) ?? [];
    this.#steps.set(episode, steps);
    this.endings[answer.ending] += 1;
    const kept = await this.#keep(observation);
    steps.push({
      ...recordedStep(interaction, kept, steps, null),
      ending: answer.ending,
      answer: key,
    });
    if (outcome === undefined) return;
    this.#steps.delete(episode);
    const lastImage = await this.#keep(interaction.result.observation);
    this.#run.episodes.append({ episode, ...outcome, steps, lastImage });
  }

  async #keep({ image }: Observation): Promise<string | null> {
    return image === undefined ? null : await this.#run.images.keep(image);
  }
}
