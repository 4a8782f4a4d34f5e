import { readFileSync } from "node:fs";
import { EnvironmentError, messageOf } from "../../errors.ts";
import type { PhoneTask } from "./task.ts";

/**
 * The tasks of a text file, an instruction a line, as DigiRL's task sets are published; blank lines are passed over.
 * @param first takes so many from the file's beginning, as the paper's 96 of testing; null: all of them.
 * @throws EnvironmentError when it cannot be read, or holds no task.
 */
export function tasksInFile(path: string, kind: string, first: number | null): readonly PhoneTask[] {
  const lines = textOf(path)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) throw new EnvironmentError(`${path}: expected tasks, an instruction a line, found none`);
  return lines.slice(0, first ?? undefined).map((instruction) => ({ instruction, kind }));
}

function textOf(path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const what = `expected a text file (UTF-8) of tasks, an instruction a line, relative to ${process.cwd()}`;
    throw new EnvironmentError(`${path}: ${what}: ${messageOf(error)}`, { cause: error });
  }
}
