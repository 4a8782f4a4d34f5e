import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RunFolderError } from "../errors.ts";

/** Deep enough for `runs/sweep/name/seed`; a limit, lest a slip like `coso report /` reads a whole disk. */
const MAX_DEPTH = 4;

/**
 * The run folders among `directories`: each itself when it has a config.json, otherwise those below it, in natural
 * order of their paths. A folder named twice counts once.
 * @throws RunFolderError for a directory that is none, or has no run in it.
 */
export async function findRuns(directories: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const directory of directories) {
    const runs = await findRunFolders(directory);
    if (runs.length === 0) {
      throw new RunFolderError(`no run in ${directory}: expected a folder with a config.json, or folders of such`);
    }
    found.push(...runs);
  }
  return [...new Map(found.map((run) => [resolve(run), run])).values()];
}

/**
 * The run folders within one directory, none included: itself when it has a config.json, otherwise those below it.
 * @throws RunFolderError when it is no directory.
 */
export async function findRunFolders(directory: string, depth = 0): Promise<string[]> {
  const entries = await entriesOf(directory);
  if (entries.some((entry) => entry.isFile() && entry.name === "config.json")) return [directory];
  if (depth === MAX_DEPTH) return [];
  const children = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  const runs: string[] = [];
  for (const child of children) runs.push(...(await findRunFolders(join(directory, child), depth + 1)));
  return runs;
}

async function entriesOf(directory: string) {
  const isDirectory = await stat(directory).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new RunFolderError(`${directory} is not a directory: expected a run folder`);
  return readdir(directory, { withFileTypes: true });
}
