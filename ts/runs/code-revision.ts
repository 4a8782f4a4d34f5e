import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { packageRoot } from "../processes/installation.ts";

/**
 * Commit of the code that runs, with `-modified` where tracked files differ from it; null outside a git checkout, as in
 * a project's node_modules, whose commit is not this code's.
 */
export async function codeRevision(): Promise<string | null> {
  if (!existsSync(join(packageRoot, ".git"))) return null;
  const describe = ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=-modified"];
  const result = await execa("git", describe, { cwd: packageRoot, reject: false });
  return result.failed ? null : result.stdout.trim();
}

/** Versions of what runs on this side of the bridge. */
export function ownVersions(): Record<string, string> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")));
  return { coso: manifest.version, node: process.versions.node };
}
