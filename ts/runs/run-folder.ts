import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { changedSettings } from "../config/same-experiment.ts";
import type { Experiment } from "../config/schema.ts";
import { RunFolderError } from "../errors.ts";
import { writeJson } from "./atomic-write.ts";
import { ImageStore } from "./image-store.ts";
import { JsonLines } from "./json-lines.ts";

/** What `config.json` holds. */
export interface RunConfig<Settings = Experiment> {
  /** What the paper or this project calls it, such as CoSo. */
  method: string;
  experiment: Settings;
  /** Commit of the code that ran; null outside a git checkout. */
  revision: string | null;
  /** Of Node, this package, Python and its packages. */
  versions: Readonly<Record<string, string>>;
  /** The file that defines the environment; absent for those of this package. */
  environmentModule?: { readonly fromRun: string; readonly fromWorkingDirectory: string };
}

/** The experiment is compared as plain JSON before it is used, so its inner shape is not checked again here. */
const runConfigSchema = z.object({
  method: z.string(),
  experiment: z.looseObject({ name: z.string(), seed: z.number() }),
  revision: z.string().nullable(),
  versions: z.record(z.string(), z.string()),
  environmentModule: z.object({ fromRun: z.string(), fromWorkingDirectory: z.string() }).exactOptional(),
});

/** Where everything of one run lies. */
export class RunFolder {
  readonly directory: string;
  /** A line an iteration. */
  readonly metrics: JsonLines;
  /** A line a finished training episode. */
  readonly episodes: JsonLines;
  /** A line a step of those whose tokens were recorded, in the iteration that learned from it. */
  readonly tokens: JsonLines;
  readonly images: ImageStore;

  constructor(directory: string) {
    this.directory = directory;
    this.metrics = new JsonLines(this.path("metrics.jsonl"));
    this.episodes = new JsonLines(this.path("episodes.jsonl"));
    this.tokens = new JsonLines(this.path("tokens.jsonl"));
    this.images = new ImageStore(directory);
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  /** Makes the folder where it is missing. @throws RunFolderError when something other than a run is there. */
  prepare(): void {
    if (existsSync(this.directory) && !statSync(this.directory).isDirectory()) {
      throw new RunFolderError(`${this.directory}: expected a folder, found a file; choose another --out`);
    }
    mkdirSync(this.directory, { recursive: true });
    const foreign = readdirSync(this.directory).filter((name) => !ownNames.has(name));
    if (foreign.length > 0 && !existsSync(this.path("config.json"))) {
      throw new RunFolderError(
        `${this.directory}: holds ${foreign.slice(0, 3).join(", ")} but no run; choose another --out`,
      );
    }
  }

  /** Whether a run has left anything here that would be lost by starting over. */
  holdsWork(): boolean {
    return this.isFinished() || this.metrics.size > 0 || this.checkpointNames().length > 0;
  }

  wasBegun(): boolean {
    return existsSync(this.path("config.json"));
  }

  isFinished(): boolean {
    return existsSync(this.path("summary.json"));
  }

  /** Complete checkpoints, oldest first: their folders are renamed into place only when written. */
  checkpointNames(): string[] {
    const directory = this.path("checkpoints");
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((name) => !name.endsWith(".partial"))
      .sort();
  }

  writeConfig(config: RunConfig<object>): void {
    writeJson(this.path("config.json"), config);
  }

  /** @throws RunFolderError when there is no run, or its config cannot be read. */
  readConfig(): RunConfig {
    const path = this.path("config.json");
    if (!existsSync(path))
      throw new RunFolderError(
        `${this.directory}: no run here (config.json is missing); name a folder that \`coso train\` wrote`,
      );
    const result = runConfigSchema.safeParse(readJson(path));
    if (!result.success) throw new RunFolderError(`${path}: not a run's config: ${z.prettifyError(result.error)}`);
    return result.data as unknown as RunConfig;
  }

  /**
   * Sinks, the sizes of passes, where the worker runs and on how many processes may differ, since nothing of a run depends on
   * them; what an earlier version did not record counts as its default.
   * @throws RunFolderError that names every field in which `experiment` is not the one that was begun here.
   */
  requireSame(experiment: Experiment): void {
    const changed = changedSettings(this.readConfig().experiment, experiment);
    if (changed.length === 0) return;
    throw new RunFolderError(
      `${this.directory}: the run was begun with another configuration and cannot go on with this one:\n` +
        `${changed.map((line) => `  ${line}`).join("\n")}\n` +
        "Take the changes back, or start a new run with --out",
    );
  }
}

/** Names that a run, even one that was cut off while it was set up, leaves in its folder. */
const ownNames = new Set([
  "config.json",
  "config.json.partial",
  "run.lock",
  "worker.log",
  "metrics.jsonl",
  "episodes.jsonl",
  "tokens.jsonl",
  "images",
  "checkpoints",
  "model",
]);

/** @throws RunFolderError for a file that is no JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new RunFolderError(`${path}: cannot be read as JSON; the run folder is damaged`, { cause });
  }
}
