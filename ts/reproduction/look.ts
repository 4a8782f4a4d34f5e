import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RunFolderError } from "../errors.ts";
import type { RunExplanation } from "../explanation/explain-run.ts";
import { explainRuns } from "../explanation/explain-runs.ts";
import { type SampledRun, sampleAtState } from "../explanation/sample-at-state.ts";
import { writeExplanation } from "../explanation/write-explanation.ts";
import { writeSamples } from "../explanation/write-samples.ts";
import type { Progress } from "../progress.ts";
import type { StartWorker } from "../train.ts";
import type { Look, RunLook } from "./reproduction.ts";

export interface LookOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly startWorker?: StartWorker | undefined;
}

/** A look at a run, and the page that shows it. */
export interface Looked {
  readonly look: RunLook;
  readonly page: string;
}

const PACKAGE = new URL("../../", import.meta.url);

/** Where the look at a run is kept within `directory`; figures that look alike share it. */
function folderOf(look: Look, run: string, directory: string): string {
  const kind = look.kind === "explain" ? `explain-${look.utterances}` : basename(look.stateFile, ".json");
  // Runs in different folders may have one name.
  const place = createHash("sha256").update(resolve(run)).digest("hex").slice(0, 8);
  return join(directory, kind, `${basename(run)}-${place}`);
}

/** What an earlier look found; null where there was none. */
export function storedLook(look: Look, run: string, directory: string): Looked | null {
  const folder = folderOf(look, run, directory);
  const file = join(folder, look.kind === "explain" ? "explain.json" : "samples.json");
  if (!existsSync(file)) return null;
  const [found] = runsIn(file);
  return { look: look.kind === "explain" ? explanation(found) : samples(found), page: join(folder, "index.html") };
}

/** Looks at a finished run, and keeps what it finds. */
export async function lookAt(look: Look, run: string, directory: string, options: LookOptions): Promise<void> {
  const folder = folderOf(look, run, directory);
  const shared = { checkpoint: "final", ...options };
  if (look.kind === "explain") {
    const explained = await explainRuns([run], {
      ...shared,
      size: { kind: "utterances", count: look.utterances },
      exact: { window: 1, replacements: { null: true, delete: false, sampled: 0 } },
    });
    await writeExplanation(explained, folder);
    return;
  }
  const stateFile = fileURLToPath(new URL(look.stateFile, PACKAGE));
  const { runs, observation } = await sampleAtState([run], { ...shared, stateFile, samples: look.samples, seed: 0 });
  await writeSamples(runs, observation, folder);
}

/** Files that this package writes; a damaged one is named. */
function runsIn(file: string): unknown[] {
  try {
    const { runs } = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(runs) && runs.length === 1) return runs;
  } catch (cause) {
    throw new RunFolderError(`${file}: cannot be read as JSON; delete it, and the same command looks again`, { cause });
  }
  throw new RunFolderError(`${file}: expected one run; delete it, and the same command looks again`);
}

function explanation(found: unknown): RunLook {
  return { kind: "explain", explanation: found as RunExplanation };
}

function samples(found: unknown): RunLook {
  return { kind: "sample", sampled: found as SampledRun };
}
