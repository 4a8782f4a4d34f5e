import { access, constants } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";

/** Where a program is: the path itself, or the first of its name in PATH; undefined when it cannot be run. */
export async function programPath(program: string): Promise<string | undefined> {
  const places = program.includes("/")
    ? [resolve(program)]
    : (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, program));
  for (const place of places) {
    const canRun = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (canRun) return place;
  }
  return undefined;
}
