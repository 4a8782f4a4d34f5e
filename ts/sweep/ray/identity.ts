import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What tells a sweep's jobs from others of the cluster, kept in its folder: the folder made anew is another sweep, whose
 * jobs do not take over what an earlier one's came to.
 */
export function identityOf(directory: string): string {
  const path = join(directory, "cluster-identity");
  if (!existsSync(path)) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, `${randomBytes(8).toString("hex")}\n`);
  }
  return readFileSync(path, "utf8").trim();
}
