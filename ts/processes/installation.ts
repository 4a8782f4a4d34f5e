import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** This package's own files: a checkout, or a folder in a project's node_modules. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Whose the package is: the project in whose node_modules it is installed, however deep there; the checkout itself
 * otherwise. Its `.venv` holds the worker's Python.
 */
export const projectRoot = packageRoot.split(/[\\/]node_modules[\\/]/)[0] ?? packageRoot;

/** Whether this is a package in a project's node_modules, rather than a checkout. */
export const isInstalled = projectRoot !== packageRoot;

/** What brings the worker's Python to where every command works. */
export const SETUP_COMMAND = isInstalled ? "npx coso setup" : "npm run setup";

/** The command line that installs what is optional. @param requirements files of the package */
export function installCommand(...requirements: readonly string[]): string {
  const pip = relative(process.cwd(), join(projectRoot, ".venv/bin/pip"));
  return [pip, "install --no-deps", ...requirements.map((file) => `-r ${packagedPath(file)}`)].join(" ");
}

/** A file of the package as a command line in the working directory names it. */
export function packagedPath(file: string): string {
  return relative(process.cwd(), join(packageRoot, file));
}
