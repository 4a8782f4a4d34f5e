import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holder, type Owner } from "../runs/lock.ts";

const LOOK_MS = 1000;

/**
 * Waits for a process that an earlier sweep left in a run folder, which is saving its run; tells `waiting` of it.
 * Whether the folder is free; it is not when `signal` fired before.
 */
export async function whenFree(
  directory: string,
  waiting: (owner: Owner) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const lock = join(directory, "run.lock");
  const owner = holder(lock);
  if (owner !== undefined) waiting(owner);
  while (holder(lock) !== undefined && !signal.aborted) {
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  return !signal.aborted;
}
