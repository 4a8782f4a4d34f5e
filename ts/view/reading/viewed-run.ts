import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { explanationSchema, type RunConfig, runConfigSchema, summarySchema } from "../../report/run-schema.ts";
import { holder } from "../../runs/lock.ts";
import { WRITTEN_PAGES, type WrittenPage } from "../api.ts";
import { Episodes } from "./episodes.ts";
import { type FileContent, JsonFile } from "./json-file.ts";
import type { Damage } from "./json-line.ts";
import { MetricsLog } from "./metrics-log.ts";
import { TokenRows } from "./token-rows.ts";

const explanationsSchema = z.array(explanationSchema);

/** A run folder that is looked at again and again while it may grow. */
export class ViewedRun {
  /** Its path within the folder that is viewed. */
  readonly id: string;
  readonly directory: string;
  readonly metrics: MetricsLog;
  readonly episodes: Episodes;
  readonly tokens: TokenRows;
  readonly #config: JsonFile<typeof runConfigSchema>;
  readonly #summary: JsonFile<typeof summarySchema>;
  readonly #explanations: JsonFile<typeof explanationsSchema>;

  constructor(id: string, directory: string) {
    this.id = id;
    this.directory = directory;
    this.metrics = new MetricsLog(directory);
    this.episodes = new Episodes(directory);
    this.tokens = new TokenRows(directory);
    this.#config = new JsonFile(join(directory, "config.json"), runConfigSchema);
    this.#summary = new JsonFile(join(directory, "summary.json"), summarySchema);
    this.#explanations = new JsonFile(join(directory, "explanations.json"), explanationsSchema);
  }

  config(): Promise<FileContent<RunConfig>> {
    return this.#config.read();
  }

  summary(): Promise<FileContent<z.output<typeof summarySchema>>> {
    return this.#summary.read();
  }

  explanations(): Promise<FileContent<z.output<typeof explanationsSchema>>> {
    return this.#explanations.read();
  }

  isHeld(): boolean {
    return holder(join(this.directory, "run.lock")) !== undefined;
  }

  pages(): WrittenPage[] {
    return WRITTEN_PAGES.filter((kind) => existsSync(join(this.directory, kind, "index.html")));
  }

  /** When one of the files that a training writes was last written, in milliseconds since 1970; 0 without any. */
  updated(): number {
    const files = ["config.json", "metrics.jsonl", "episodes.jsonl", "worker.log", "checkpoints", "summary.json"];
    const times = files.map((file) => statSync(join(this.directory, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return Math.max(...times);
  }

  /** Reads on in episodes and tokens. */
  async refreshEpisodes(): Promise<void> {
    await Promise.all([this.episodes.refresh(), this.tokens.refresh()]);
  }

  problems(): string[] {
    return [this.metrics.damage, this.episodes.damage, this.tokens.damage].flatMap(toldDamage);
  }
}

/** Damaged lines of one file, the first of them in full. */
export function toldDamage(damage: readonly Damage[]): string[] {
  const [first] = damage;
  if (first === undefined) return [];
  const more = damage.length > 1 ? `, and ${damage.length - 1} more` : "";
  return [`${first.file} line ${first.line} is damaged and left out: ${first.reason}${more}`];
}
