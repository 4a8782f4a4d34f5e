import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { messageOf, WorkerError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { createSocketFolder } from "../processes/socket-folder.ts";
import { supervise } from "../processes/supervised.ts";
import type { Result } from "../protocol/messages.ts";
import { protocolHash } from "../protocol/schema.ts";
import { type ClientOptions, WorkerClient } from "./client.ts";
import type { Worker } from "./worker.ts";

export interface WorkerOptions extends Pick<ClientOptions, "heartbeatLimitMs" | "timeLimitsMs"> {
  /** Interpreter of the Python worker; the default is `COSO_PYTHON`, then the checkout's or the project's `.venv`. */
  readonly python?: string;
  /** Any other worker that speaks the protocol: its argv, to which `--endpoint X` is appended. Replaces `python`. */
  readonly command?: readonly [string, ...string[]];
  /** CPU threads of the worker's tensor library, in each of its processes. */
  readonly threads: number;
  /** How many processes torchrun starts for the worker, one a CUDA device; null, the default: one, without a launcher. */
  readonly processes?: number | null;
  /** Variables that the worker gets beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the worker's output is appended; nowhere by default. */
  readonly logFile?: string;
  /** Longest wait for the worker's first answer. */
  readonly startTimeoutMs?: number;
}

export interface RunningWorker {
  readonly client: Worker;
  readonly pid: number;
  /** What the worker said of itself. */
  readonly hello: Result<"hello">;
  /** Asks the worker to end, insists after seconds, and removes its socket. May be called again; never throws. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
/** How long `stop` waits for a shutdown on request, then on SIGTERM, before SIGKILL. */
const SHUTDOWN_GRACE_MS = 2_000;
const TERMINATION_GRACE_MS = 2_000;

/**
 * Starts a worker and greets it. The worker is in a process group of its own, so Ctrl-C reaches it only through
 * {@link RunningWorker.stop}; it ends by itself when this process dies, for its stdin closes.
 * @throws WorkerError `start` with the worker's last lines when it does not become ready, `protocol` when it was built
 * for other messages.
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const [program, ...args] = options.command ?? pythonCommand(options.python, options.processes);
  if (program === undefined) throw new WorkerError("start", "The worker's `command` is empty.");
  const { folder, endpoint } = await createSocketFolder();
  const child = await supervise(program, [...args, "--endpoint", endpoint], {
    env: { ...pythonEnvironment(options.threads), ...options.environment },
    logFile: options.logFile,
    onExit: () => rmSync(folder, { recursive: true, force: true }),
  });

  const client = new WorkerClient({
    endpoint,
    tail: () => child.lines(),
    onUnresponsive: () => child.kill("SIGKILL"),
    ...(options.heartbeatLimitMs !== undefined && { heartbeatLimitMs: options.heartbeatLimitMs }),
    timeLimitsMs: { hello: options.startTimeoutMs ?? START_TIMEOUT_MS, ...options.timeLimitsMs },
  });

  let isReady = false;
  const ended = child.ended.then(async (how) => {
    const lines = child.lines();
    const words = [
      isReady ? `The worker ${how}` : `The worker did not start: ${program} ${how}`,
      ...(lines.length > 0 ? [`its last line: ${lines.at(-1)}`] : []),
    ];
    client.fail(new WorkerError(isReady ? "exit" : "start", words.join("; "), { tail: lines }));
    await rm(folder, { recursive: true, force: true });
  });

  const stop = async (): Promise<void> => {
    client.call("shutdown", {}).catch(() => undefined);
    await child.stop({ byItself: SHUTDOWN_GRACE_MS, terminated: TERMINATION_GRACE_MS });
    await ended;
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = (): Promise<void> => (stopping ??= stop());

  try {
    const hello = await greet(client);
    isReady = true;
    return { client, pid: child.pid ?? hello.pid, hello, stop: stopOnce };
  } catch (error) {
    child.kill("SIGKILL");
    await ended;
    if (!(error instanceof WorkerError) || error.code === "start" || error.code === "protocol") throw error;
    throw new WorkerError("start", `The worker did not start: ${messageOf(error)}`, {
      cause: error,
      tail: child.lines(),
    });
  }
}

/** @throws WorkerError `protocol` when the two sides were made from different messages. */
export async function greet(client: Worker): Promise<Result<"hello">> {
  const ours = protocolHash();
  const hello = await client.call("hello", { protocol: ours, client: `node ${process.version}` });
  if (hello.protocol !== ours) {
    throw new WorkerError(
      "protocol",
      `The client speaks protocol ${ours}, the worker ${hello.protocol}. After an edit of ts/protocol/messages.ts run ` +
        "`npm run protocol`; otherwise reinstall both sides from one version.",
    );
  }
  return hello;
}
