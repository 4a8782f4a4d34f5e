import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { z } from "zod";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Commit of the code that runs, with `-modified` where tracked files differ from it; null outside a git checkout. */
export async function codeRevision(): Promise<string | null> {
  const describe = ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=-modified"];
  const result = await execa("git", describe, { cwd: root, reject: false });
  return result.failed ? null : result.stdout.trim();
}

/** Versions of what runs on this side of the bridge. */
export function ownVersions(): Record<string, string> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")));
  return { coso: manifest.version, node: process.versions.node };
}
