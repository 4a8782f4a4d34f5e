import { EnvironmentError } from "../../errors.ts";
import type { Turn } from "./hosts/calls.ts";

/** With a full stop in text worlds, without in visual ones. */
const TASK = /Your task is to: (.+?)\.?\s*$/;

/** @throws EnvironmentError where a game begins without saying what is wanted. */
export function taskOf(introduction: string, file: string): string {
  const task = TASK.exec(introduction)?.[1];
  if (task === undefined)
    throw new EnvironmentError(`${file}: expected "Your task is to: …" at the beginning of the game`);
  return task;
}

/** What the game said, without its greeting and the task, which have places of their own in a prompt. */
export function sceneOf(text: string): string {
  return text
    .replace(/^-= .* =-\s*/, "")
    .replace(TASK, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The game's own list of commands explains itself, and is none of the paper's. */
export function withoutHelp(turn: Turn): Turn {
  return { ...turn, admissible: turn.admissible.filter((command) => command !== "help") };
}
