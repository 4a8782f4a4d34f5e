import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { ExecaError, execa } from "execa";
import { LauncherError } from "../../errors.ts";
import { RunFolder } from "../../runs/run-folder.ts";
import { storedZip } from "./stored-zip.ts";

/** What the archive of a run folder is called where it is sent, and the folder within the one that comes back. */
export const SENT_ARCHIVE = "run.tgz";
export const RETURNED_FOLDER = "run";

/** Puts the folder in an archive that came back in place of `directory`. @throws LauncherError when it broke off. */
export async function unpackRun(archive: Readable, directory: string): Promise<void> {
  const beside = mkdtempSync(`${directory}.part-`);
  try {
    await execa("tar", ["-xzf", "-", "-C", beside], { input: archive });
    if (!existsSync(join(beside, RETURNED_FOLDER))) throw new LauncherError(`its archive holds no ${RETURNED_FOLDER}`);
    rmSync(directory, { recursive: true, force: true });
    renameSync(join(beside, RETURNED_FOLDER), directory);
  } catch (cause) {
    if (cause instanceof ExecaError) {
      throw new LauncherError(`its run folder did not come back whole: ${cause.stderr || cause.shortMessage}`, {
        cause,
      });
    }
    throw cause;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/**
 * - `new`: there is nothing to go on from
 * - `large`: there is, but it cannot be sent
 */
export type PackedRun =
  | { readonly kind: "new" }
  | { readonly kind: "large" }
  | { readonly kind: "packed"; readonly name: string; readonly zip: Buffer };

/** What a trial that was cut off has left here, as Ray takes packages: a zip file, named by its content. */
export async function packRun(directory: string, mostBytes: number): Promise<PackedRun> {
  if (!new RunFolder(directory).holdsWork()) return { kind: "new" };
  const left = ["--exclude=./run.lock", "--exclude=./report", "--exclude=*.partial"];
  const { stdout, isMaxBuffer, failed, stderr } = await execa("tar", ["-czf", "-", ...left, "-C", directory, "."], {
    encoding: "buffer",
    maxBuffer: mostBytes,
    reject: false,
  });
  if (isMaxBuffer) return { kind: "large" };
  if (failed) throw new LauncherError(`${directory}: could not be archived: ${Buffer.from(stderr).toString("utf8")}`);
  const digest = createHash("sha256").update(stdout).digest("hex").slice(0, 20);
  return { kind: "packed", name: `coso-${digest}.zip`, zip: storedZip(SENT_ARCHIVE, stdout) };
}
