import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { atExit } from "./at-exit.ts";
import { OutputTail } from "./output-tail.ts";

export interface SupervisedOptions {
  /** Variables that the process gets beside this process's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its output is appended; nowhere by default. */
  readonly logFile?: string | undefined;
  /** Whether it also gets Node's channel for messages, beside its standard input and output. */
  readonly hasChannel?: boolean;
  /** Called when this process exits, for what else has to go with it. Synchronous. */
  readonly onExit?: () => void;
  /** Hears each line of its standard output, which then is no part of its last lines or its log. */
  readonly onLine?: (line: string) => void;
}

/**
 * A child in a process group of its own, so that Ctrl-C does not reach it; all of the group goes when this process does,
 * or when its first process ends. It should end by itself when its standard input closes, for this process may be
 * killed.
 */
export interface Supervised {
  readonly pid: number | undefined;
  /** Its last lines of output, both streams together; of standard error alone where somebody hears the other. */
  lines(): readonly string[];
  /** Whatever is left of the group. Never throws. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves in words when it has ended: "exited with code 1", "was ended by SIGKILL". Never rejects. */
  readonly ended: Promise<string>;
  /** Waits until it has ended by itself, or by SIGTERM, or by SIGKILL, one after the other. */
  stop(graceMs: { byItself: number; terminated: number }): Promise<void>;
  /** Writes a line to its standard input, without waiting until it is read; lost where the process has ended. */
  writeLine(line: string): void;
  /** Sends over Node's channel; whether there was one to send over. */
  send(message: Readonly<Record<string, unknown>>): boolean;
  onMessage(listener: (message: unknown) => void): void;
}

/** Starts a process. A program that does not exist ends at once, in words. */
export async function supervise(
  program: string,
  args: readonly string[],
  options: SupervisedOptions,
): Promise<Supervised> {
  const log = options.logFile === undefined ? undefined : await open(options.logFile, "a");
  const tail = new OutputTail();
  const child = execa(program, args, {
    env: options.env,
    stdin: "pipe",
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    ...(options.hasChannel === true && { ipc: true, serialization: "json" as const }),
  });
  const output = options.onLine === undefined ? child.all : child.stderr;
  output.setEncoding("utf8").on("data", (chunk: string) => tail.add(chunk));
  if (log !== undefined) {
    // A full disk loses lines of the log, and not the process or this one.
    output.pipe(log.createWriteStream().on("error", () => output.resume()));
  }
  if (options.onLine !== undefined) createInterface({ input: child.stdout }).on("line", options.onLine);
  // Its loss is noticed by the exit of the process, which says more.
  child.stdin.on("error", () => undefined);

  const kill = (signal: NodeJS.Signals): void => {
    try {
      // The group: it may have started processes of its own.
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const isOver = atExit(() => {
    kill("SIGKILL");
    options.onExit?.();
  });
  child.once("exit", () => kill("SIGKILL"));

  const ended = child.then(({ exitCode, signal, originalMessage }) => {
    isOver();
    return signal !== undefined ? `was ended by ${signal}` : `exited with code ${exitCode ?? originalMessage}`;
  });
  const within = (limitMs: number): Promise<boolean> =>
    Promise.race([ended.then(() => true), delay(limitMs, false, { ref: false })]);

  return {
    pid: child.pid,
    lines: () => tail.lines(),
    kill,
    ended,
    async stop({ byItself, terminated }) {
      if (await within(byItself)) return;
      kill("SIGTERM");
      if (await within(terminated)) return;
      kill("SIGKILL");
      await ended;
    },
    writeLine(line) {
      child.stdin.write(`${line}\n`);
    },
    send(message) {
      if (!child.connected) return false;
      child.send(message, () => undefined);
      return true;
    },
    onMessage: (listener) => child.on("message", listener),
  };
}
