import { createInterface } from "node:readline";
import { execa } from "execa";
import { CosoError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";

/** A process of a benchmark: a line on its standard input asks for work, a JSON line answers. It ends with its input. */
export interface LineProcess {
  /** @throws CosoError with what the process wrote to its standard error, if it ended instead. */
  ask(line: string): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a module of `python/bench` on one thread. */
export function startPythonProcess(
  module: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): LineProcess {
  const [python = ""] = pythonCommand();
  return startLineProcess(python, ["-m", module, ...args], environment);
}

/** Starts `command`; torch, where it is used, has one thread. */
export function startLineProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): LineProcess {
  const child = execa(command, args, {
    env: { ...pythonEnvironment(1), ...environment },
    stdin: "pipe",
    reject: false,
  });
  // A process that ended has said why; its answer that never comes is reported below.
  child.stdin.on("error", () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done === true) {
        throw new CosoError(`A side of the benchmark ended, ${[command, ...args].join(" ")}: ${(await child).stderr}`);
      }
      return JSON.parse(value);
    },
    async stop() {
      child.stdin.end();
      await child;
    },
  };
}

/** Sizes as Python names them. */
export function snakeCased(sizes: Readonly<Record<string, number>>): Record<string, number> {
  const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(sizes).map(([name, size]) => [snake(name), size]));
}
