import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../errors.ts";

/** A file of the user's, imported. */
export interface ImportedModule {
  /** As the file itself sees it in `import.meta.url`. */
  readonly url: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Imports a file of the user's.
 * @param expected what to name instead of a file that is not there
 * @throws ConfigError when the file is missing, or is loaded as CommonJS, which would see another copy of this package
 * than its commands do. What the file itself throws is passed on.
 */
export async function importModule(file: string, expected: string): Promise<ImportedModule> {
  if (!existsSync(file)) throw new ConfigError(`${file}: no such file; name ${expected}`);
  const url = pathToFileURL(realpathSync(resolve(file))).href;
  try {
    return { url, exports: await import(url) };
  } catch (error) {
    if (!isCommonJs(error)) throw error;
    const mend = `make its project one of ES modules (npm pkg set type=module), or call it ${file.replace(/\.ts$/, ".mts")}`;
    throw new ConfigError(`${file}: expected an ES module, and its folder says CommonJS; ${mend}`, { cause: error });
  }
}

/** What Node says where `require` meets what can only be imported, as this package is. */
const REQUIRED = new Set<unknown>(["ERR_PACKAGE_PATH_NOT_EXPORTED", "ERR_REQUIRE_CYCLE_MODULE", "ERR_REQUIRE_ESM"]);

function isCommonJs(error: unknown): boolean {
  return error instanceof Error && "code" in error && REQUIRED.has(error.code);
}
