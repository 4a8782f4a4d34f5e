import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { RunFolderError } from "../errors.ts";
import type { Worker } from "../worker/worker.ts";
import { writeJson } from "./atomic-write.ts";
import { type RunFolder, readJson } from "./run-folder.ts";

/**
 * `checkpoints/` of a run, a folder each:
 * - `offline`: after the offline stage; another run may start from it
 * - `iteration-0003`: everything needed to go on after three iterations
 * - `best-0003`: the policy that selection prefers so far
 * - `final`: the policy that the summary reports
 *
 * Each holds `worker/` (what the worker saved; `worker/policy/` is a checkpoint in Hugging Face's form) and, where the
 * loop has something to keep, `loop.json`.
 */
export class Checkpoints {
  readonly #run: RunFolder;
  readonly #worker: Worker;

  constructor(run: RunFolder, worker: Worker) {
    this.#run = run;
    this.#worker = worker;
  }

  /** Saves the worker's `parts`, and `loop` beside them; appears under its name only when complete. */
  async write(name: string, parts: "all" | "agent", loop?: unknown): Promise<void> {
    const partial = this.#run.path("checkpoints", `${name}.partial`);
    const final = this.#run.path("checkpoints", name);
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const images = parts === "all" ? this.#run.path("images") : null;
    await this.#worker.call("save", { directory: join(partial, "worker"), parts, images });
    if (loop !== undefined) writeJson(join(partial, "loop.json"), loop);
    rmSync(final, { recursive: true, force: true });
    renameSync(partial, final);
  }

  /** Puts what was saved under `name` back into the worker. */
  async load(name: string): Promise<void> {
    await this.#worker.call("load", {
      directory: workerPart(this.#run, name),
      images: this.#run.path("images"),
    });
  }

  /** Keeps the newest `keep` iterations, and of the best policies those that these refer to. */
  prune(keep: number, bestOf: (loop: unknown) => string | null): void {
    const names = this.#run.checkpointNames();
    const iterations = names.filter((name) => name.startsWith(iterationPrefix));
    const kept = iterations.slice(-keep);
    const wanted = new Set([...kept, ...kept.map((name) => bestOf(readLoop(this.#run, name)))]);
    for (const name of names) {
      const isPrunable = name.startsWith(iterationPrefix) || name.startsWith(bestPrefix);
      if (isPrunable && !wanted.has(name)) rmSync(this.#run.path("checkpoints", name), { recursive: true });
    }
  }
}

const iterationPrefix = "iteration-";
const bestPrefix = "best-";
export const offlineCheckpoint = "offline";
export const finalCheckpoint = "final";

export const iterationCheckpoint = (iteration: number): string => `${iterationPrefix}${padded(iteration)}`;
export const bestCheckpoint = (iteration: number): string => `${bestPrefix}${padded(iteration)}`;

/** The newest checkpoint that the loop can go on from: an iteration's, else the offline stage's, else none. */
export function newestCheckpoint(run: RunFolder): string | undefined {
  const names = run.checkpointNames();
  return names.findLast((name) => name.startsWith(iterationPrefix)) ?? names.find((name) => name === offlineCheckpoint);
}

export function readLoop(run: RunFolder, name: string): unknown {
  return readJson(run.path("checkpoints", name, "loop.json"));
}

/** @throws RunFolderError that lists what there is. */
export function workerPart(run: RunFolder, name: string): string {
  const path = run.path("checkpoints", name, "worker");
  if (existsSync(path)) return path;
  const names = run.checkpointNames();
  const mend =
    names.length === 0
      ? "there is none yet; let `coso train … --resume` get to one"
      : `there are ${names.join(", ")}; name one of them with --checkpoint`;
  throw new RunFolderError(`${run.directory}: no checkpoint \`${name}\`; ${mend}`);
}

const manifest = z.looseObject({ modules: z.array(z.string()) });

/** Whether a checkpoint holds φ. @throws RunFolderError when there is no such checkpoint. */
export function holdsScm(run: RunFolder, name: string): boolean {
  const saved = manifest.safeParse(readJson(join(workerPart(run, name), "worker.json")));
  return saved.success && saved.data.modules.includes("scm");
}

/** Sorts by name as by number up to 9999 iterations. */
function padded(iteration: number): string {
  return String(iteration).padStart(4, "0");
}
