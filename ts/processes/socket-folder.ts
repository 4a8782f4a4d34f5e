import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerError } from "../errors.ts";

/** What the kernel leaves for the path of a socket on the strictest system (macOS: 104 with the closing NUL). */
const MAX_SOCKET_PATH_BYTES = 103;

/** Process ids mean something on one machine only, and containers may share a temporary folder. */
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 6);

/**
 * A folder that only this user can enter, for the worker's socket: `coso-<pid>-<host>-<random>`.
 * @throws WorkerError `start` when the path leaves no room for a socket.
 */
export async function createSocketFolder(): Promise<{ folder: string; endpoint: string }> {
  await sweepDeadFolders();
  const folder = await mkdtemp(join(tmpdir(), `coso-${process.pid}-${HOST}-`));
  const socket = join(folder, "worker.sock");
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH_BYTES) {
    await rm(folder, { recursive: true, force: true });
    throw new WorkerError(
      "start",
      `The path of the worker's socket is longer than ${MAX_SOCKET_PATH_BYTES} bytes: ${socket}. ` +
        "Set TMPDIR to a shorter folder, such as /tmp.",
    );
  }
  return { folder, endpoint: `ipc://${socket}` };
}

/** Removes what clients on this machine that were killed have left behind. */
async function sweepDeadFolders(): Promise<void> {
  const pattern = new RegExp(`^coso-(\\d+)-${HOST}-`);
  for (const name of await readdir(tmpdir())) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    // Another user's folder stays: its owner sweeps it.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
