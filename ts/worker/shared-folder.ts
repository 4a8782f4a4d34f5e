import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { WorkerError } from "../errors.ts";
import type { Method, Params } from "../protocol/messages.ts";
import type { CallOptions, Worker } from "./worker.ts";

/**
 * Makes sure that the worker reads and writes the same run folder: checkpoints go by their paths.
 * @throws WorkerError `request` when the worker cannot, `start` when it writes elsewhere.
 */
export async function shareFolder(worker: Worker, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const content = randomUUID();
  const file = resolve(join(folder, `shared-${content}`));
  const answer = `${file}.seen`;
  writeFileSync(file, content);
  try {
    await worker.call("shareFolder", { file, content });
    if (existsSync(answer) && readFileSync(answer, "utf8") === content) return;
    throw new WorkerError(
      "start",
      `The worker wrote ${answer}, and it is not here: run folders have to lie on a file system that both hosts mount ` +
        "under the same path.",
    );
  } finally {
    rmSync(file, { force: true });
    rmSync(answer, { force: true });
  }
}

const METHODS_WITH_PATHS: ReadonlySet<Method> = new Set(["build", "save", "load"]);
/** Their fields that name a place on disk. */
const PLACES: ReadonlySet<string> = new Set(["directory", "visionDirectory", "images"]);
/** Their fields that name a place on disk, or else a model on a hub or of a package. */
const SOURCES: ReadonlySet<string> = new Set(["path", "vision"]);

/** A worker that has another working directory: it gets every path in full. */
export function withFullPaths(worker: Worker): Worker {
  return {
    call: <M extends Method>(method: M, params: Params<M>, options?: CallOptions) =>
      worker.call(method, METHODS_WITH_PATHS.has(method) ? (fullPaths(params) as Params<M>) : params, options),
  };
}

function fullPaths(params: object): object {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "string") return [name, isPath(name, value) ? resolve(value) : value];
      return [name, typeof value === "object" && value !== null && !Array.isArray(value) ? fullPaths(value) : value];
    }),
  );
}

function isPath(name: string, text: string): boolean {
  return PLACES.has(name) || (SOURCES.has(name) && existsSync(text));
}
