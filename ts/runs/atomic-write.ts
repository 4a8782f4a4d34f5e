import { renameSync, writeFileSync } from "node:fs";

/** Writes JSON under its final name only when it is complete. */
export function writeJson(path: string, value: unknown): void {
  const partial = `${path}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(partial, path);
}
