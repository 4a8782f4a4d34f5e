import { type RunningWorker, startWorker } from "./process.ts";
import { connectWorker } from "./remote.ts";

/** Where a run's tensors live. */
export interface WorkerPlace {
  /** CPU threads of the worker's tensor library. */
  readonly threads: number;
  /** Of torchrun, which then launches a new worker; null: one, without a launcher. */
  readonly processes: number | null;
  /** Key file of a worker that runs already, on another host perhaps; null: a new one. */
  readonly connect: string | null;
  /** Which the worker has to see. */
  readonly runFolder: string;
  /** Where a new worker's output is appended. */
  readonly logFile: string;
}

/** @throws ConfigError, WorkerError as `startWorker` and `connectWorker` do. */
export function startOrConnect({
  connect,
  threads,
  processes,
  runFolder,
  logFile,
}: WorkerPlace): Promise<RunningWorker> {
  return connect === null
    ? startWorker({ threads, processes, logFile })
    : connectWorker({ keyFile: connect, threads, runFolder });
}
