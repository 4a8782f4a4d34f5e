import { join, relative } from "node:path";

/**
 * @typedef {{ root: string, home: string }} Places
 *   `root` holds this package's files, `home` gets .venv: the same folder in a checkout, the user's project where the
 *   package is installed in its node_modules
 */

/**
 * A file of the package as seen from where set-up works.
 * @param {Places} places
 * @param {string} file
 */
export function fromHome({ root, home }, file) {
  return relative(home, join(root, file));
}
