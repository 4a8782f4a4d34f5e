import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { RunFolderError } from "../errors.ts";

const ownerSchema = z.strictObject({ pid: z.int(), host: z.string() });
export type Owner = z.output<typeof ownerSchema>;

/**
 * Claims a folder for this process; the returned function gives it back. A claim of a process that no longer lives
 * on this host is taken over.
 * @throws RunFolderError while another process holds it.
 */
export function claim(path: string): () => void {
  const own: Owner = { pid: process.pid, host: hostname() };
  while (!tryCreate(path, own)) {
    const owner = readOwner(path);
    if (owner !== undefined && isAlive(owner)) {
      throw new RunFolderError(
        `${path}: process ${owner.pid} on ${owner.host} is working in this run folder; wait for it, or choose another --out. ` +
          "If that process is gone, delete the file",
      );
    }
    rmSync(path, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/** Who holds a claim and lives; undefined where nobody does. */
export function holder(path: string): Owner | undefined {
  const owner = readOwner(path);
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

function tryCreate(path: string, owner: Owner): boolean {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined without a file, and for one that was cut off in the middle, which only a process that died there leaves. */
function readOwner(path: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}

/** A process of another host cannot be asked, so it counts as alive. */
function isAlive({ pid, host }: Owner): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
