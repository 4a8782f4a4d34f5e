import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { WorkerError } from "../../ts/errors.ts";
import { pythonCommand } from "../../ts/processes/python-command.ts";
import { type RunningWorker, startWorker, type WorkerOptions } from "../../ts/worker/process.ts";

/** The real server with handlers that a test can command: see `fake_worker.py`. */
export function startFakeWorker(options: Partial<WorkerOptions> = {}): Promise<RunningWorker> {
  const [python = ""] = pythonCommand();
  const script = fileURLToPath(new URL("fake_worker.py", import.meta.url));
  return startWorker({ command: [python, script], threads: 1, ...options });
}

/** Has the fake worker do something: `sleep 1`, `exit 3`, `memory`, … */
export function command(worker: RunningWorker, directory: string) {
  return worker.client.call("save", { directory, parts: "all", images: null });
}

/** What the promise is rejected with, which must be a WorkerError. */
export async function workerErrorOf(promise: Promise<unknown>): Promise<WorkerError> {
  const error: unknown = await promise.then(
    () => new Error("expected a rejection"),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(WorkerError);
  return error as WorkerError;
}

/** Socket folders of the clients in the process `pid`. */
export function socketFolders(pid = process.pid): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`coso-${pid}-`));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Polls until the condition holds. */
export async function eventually(condition: () => boolean, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${condition}`);
    await delay(20);
  }
}
