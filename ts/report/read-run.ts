import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { withDefaults } from "../config/same-experiment.ts";
import { RunFolderError } from "../errors.ts";
import {
  type Explanation,
  explanationSchema,
  type Iteration,
  iterationSchema,
  type RunConfig,
  runConfigSchema,
  type Summary,
  summarySchema,
} from "./run-schema.ts";
import { readShownEpisodes, type ShownEpisode } from "./shown-episodes.ts";

/** A run folder as a report sees it. */
export interface RecordedRun {
  directory: string;
  config: RunConfig;
  /** In the order of the file; empty when training has not begun. */
  iterations: Iteration[];
  explanations: Explanation[];
  /** A few of the latest episodes that have images. */
  episodes: ShownEpisode[];
  /** PNG files of explanations and episodes by their name; an image that is not there is missing here. */
  images: ReadonlyMap<string, Buffer>;
  outcome: RunOutcome;
}

type RunOutcome = { kind: "finished"; summary: Summary } | { kind: "unfinished"; reason: string };

/**
 * Reads a run folder, finished or not. What a running or killed run has not written yet is left out, a last line of
 * `metrics.jsonl` that was cut in the middle included.
 * @throws RunFolderError when `directory` holds no run, or a file of it does not have the shape it should.
 */
export async function readRun(directory: string): Promise<RecordedRun> {
  const configText = await readIfPresent(join(directory, "config.json"));
  if (configText === undefined) {
    throw new RunFolderError(`${directory} is not a run folder: expected a config.json in it, found none`);
  }
  const recorded = parseFile(join(directory, "config.json"), configText, runConfigSchema);
  // Runs of an earlier version are of the same configuration as today's that leave new settings at their defaults.
  const config = { ...recorded, experiment: withDefaults(recorded.experiment) as RunConfig["experiment"] };
  const { iterations, cut } = await readIterations(join(directory, "metrics.jsonl"));
  const explanations = (await readJson(join(directory, "explanations.json"), z.array(explanationSchema))) ?? [];
  const episodes = await readShownEpisodes(join(directory, "episodes.jsonl"));
  const summary = await readJson(join(directory, "summary.json"), summarySchema);
  return {
    directory,
    config,
    iterations,
    explanations,
    episodes,
    images: await readImages(directory, [
      ...explanations,
      ...episodes.flatMap(({ steps, lastImage }) => [...steps, { image: lastImage }]),
    ]),
    outcome:
      summary === undefined
        ? { kind: "unfinished", reason: unfinishedReason(iterations, cut) }
        : { kind: "finished", summary },
  };
}

function unfinishedReason(iterations: readonly Iteration[], cut: boolean): string {
  const last = iterations.at(-1);
  const reached = last === undefined ? "before the first iteration ended" : `after iteration ${last.iteration}`;
  return `no summary.json: the run stopped ${reached}, or is still going${cut ? "; its last line was cut off" : ""}`;
}

async function readIterations(path: string): Promise<{ iterations: Iteration[]; cut: boolean }> {
  const lines = ((await readIfPresent(path)) ?? "").split("\n");
  // A complete line ends in a newline; what follows the last one may have been cut off while it was written.
  const last = lines.pop() ?? "";
  const cut = last !== "" && !isJson(last);
  if (last !== "" && !cut) lines.push(last);
  const iterations = lines.map((line, index) => parseFile(`${path} line ${index + 1}`, line, iterationSchema));
  return { iterations, cut };
}

async function readImages(directory: string, shown: readonly { image: string | null }[]): Promise<Map<string, Buffer>> {
  const images = new Map<string, Buffer>();
  for (const { image } of shown) {
    if (image === null || images.has(image)) continue;
    const file = await ignoreMissing(readFile(join(directory, image)));
    if (file !== undefined) images.set(image, file);
  }
  return images;
}

async function readJson<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | undefined> {
  const text = await readIfPresent(path);
  return text === undefined ? undefined : parseFile(path, text, schema);
}

/** `where` names the file, and the line within it. */
function parseFile<T extends z.ZodType>(where: string, text: string, schema: T): z.output<T> {
  const mend = "mend it, or write it again with `coso train … --resume`";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const start = JSON.stringify(text.slice(0, 60));
    throw new RunFolderError(`${where}: expected JSON, got ${start}; ${mend}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.map(String).join(".") || basename(where);
  throw new RunFolderError(`${where}: ${field}: ${issue?.message ?? "has the wrong shape"}; ${mend}`, {
    cause: parsed.error,
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readIfPresent(path: string): Promise<string | undefined> {
  return ignoreMissing(readFile(path, "utf8"));
}

async function ignoreMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) {
      return undefined;
    }
    throw error;
  }
}
