import { createHash } from "node:crypto";
import { join } from "node:path";
import { goalOf } from "../../report/goal.ts";
import { toldAction } from "../../report/told-action.ts";
import type { Outcome } from "../api.ts";
import { type Episode, episodeSchema } from "./episode-schema.ts";
import { GrowingLines, type LineReader } from "./growing-lines.ts";
import { type Damage, readLine } from "./json-line.ts";

/** What is kept of an episode in memory: all that lists, filters and sorting ask for. */
export interface IndexedEpisode {
  /** Its line in the file, from 1. */
  readonly number: number;
  readonly iteration: number | null;
  readonly outcome: Outcome;
  readonly kind: string | null;
  readonly return: number;
  readonly length: number;
  /** Utterances that parsed to no action. */
  readonly invalid: number;
  readonly goal: string;
  readonly image: string | null;
  readonly stepIds: readonly (number | null)[];
}

/** Where the agent looked at an observation. */
export interface Place {
  readonly episode: number;
  /** From 0. */
  readonly step: number;
  readonly id: number | null;
  /** What was done there; null where the utterance parsed to no action. */
  readonly action: string | null;
}

/** `episodes.jsonl`, of which only the index lies in memory: a line is read again when its episode is looked at. */
export class Episodes {
  readonly #lines: GrowingLines;
  readonly #index = new EpisodeIndex();

  constructor(directory: string) {
    this.#lines = new GrowingLines(join(directory, "episodes.jsonl"), this.#index);
  }

  refresh(): Promise<void> {
    return this.#lines.refresh();
  }

  /** In the order of the file, damaged lines left out. */
  get all(): readonly IndexedEpisode[] {
    return this.#index.episodes;
  }

  get damage(): readonly Damage[] {
    return this.#index.damage;
  }

  /** Steps at this observation, in the order of the file. */
  at(observation: string): readonly Place[] {
    return this.#index.places.get(observation) ?? [];
  }

  /** @param number of its line, from 1. Undefined for a line that is not there or is damaged. */
  async read(number: number): Promise<Episode | undefined> {
    const text = await this.#lines.read(number - 1);
    const read = text === undefined ? undefined : readLine(text, episodeSchema);
    return typeof read === "string" ? undefined : read;
  }
}

/** The name of an observation: equal for equal image and prompt. */
export function observationKey(image: string | null, prompt: string): string {
  return createHash("sha256").update(`${image}\n${prompt}`).digest("base64url").slice(0, 16);
}

/** The prompt that a step's agent read: steps leave out what is word for word the one before's. */
export function promptsOf(steps: Episode["steps"]): string[] {
  let last = "";
  return steps.map(({ prompt }) => {
    last = prompt ?? last;
    return last;
  });
}

class EpisodeIndex implements LineReader {
  episodes: IndexedEpisode[] = [];
  damage: Damage[] = [];
  readonly places = new Map<string, Place[]>();
  #numLines = 0;

  line(text: string): void {
    this.#numLines += 1;
    const number = this.#numLines;
    const episode = readLine(text, episodeSchema);
    if (typeof episode === "string") {
      this.damage.push({ file: "episodes.jsonl", line: number, reason: episode });
      return;
    }
    const { steps } = episode;
    const prompts = promptsOf(steps);
    for (const [step, { id, image, parse, action }] of steps.entries()) {
      const key = observationKey(image, prompts[step] ?? "");
      const place = { episode: number, step, id, action: parse.kind === "action" ? toldAction(action).words : null };
      const known = this.places.get(key);
      if (known === undefined) this.places.set(key, [place]);
      else known.push(place);
    }
    this.episodes.push({
      number,
      iteration: episode.iteration,
      outcome: outcomeOf(episode),
      kind: episode.kind,
      return: episode.return,
      length: steps.length,
      invalid: steps.filter(({ parse }) => parse.kind === "invalid").length,
      goal: goalOf(prompts[0] ?? ""),
      image: steps[0]?.image ?? null,
      stepIds: steps.map(({ id }) => id),
    });
  }

  keep(count: number): void {
    this.#numLines = count;
    this.episodes = this.episodes.filter(({ number }) => number <= count);
    this.damage = this.damage.filter(({ line }) => line <= count);
    for (const [key, places] of this.places) {
      const left = places.filter(({ episode }) => episode <= count);
      if (left.length === 0) this.places.delete(key);
      else if (left.length < places.length) this.places.set(key, left);
    }
  }
}

export function outcomeOf({ success, ending }: Pick<Episode, "success" | "ending">): Outcome {
  if (ending === "fault") return "fault";
  if (success) return "success";
  return ending === "truncated" ? "truncated" : "failure";
}
