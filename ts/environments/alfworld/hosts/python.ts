import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, WorldError } from "../../../errors.ts";
import { pythonCommand, pythonEnvironment } from "../../../processes/python-command.ts";

/** @throws WorldError `start` when there is no such interpreter. */
export function hostPython(): string {
  try {
    const [python = ""] = pythonCommand();
    return python;
  } catch (error) {
    throw new WorldError("start", messageOf(error), { cause: error });
  }
}

export function hostEnvironment(): Record<string, string> {
  return {
    ...pythonEnvironment(1),
    // The order in which Fast Downward numbers what it reads comes from hashes of texts.
    PYTHONHASHSEED: "0",
    // alfworld makes this folder when it is imported; games are read from where the environment says.
    ALFWORLD_DATA: emptyFolder(),
  };
}

function emptyFolder(): string {
  const folder = join(tmpdir(), "coso-alfworld");
  mkdirSync(folder, { recursive: true });
  return folder;
}
