import { dirname, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withLock } from "./lock.mjs";
import { installNodeModules, nodeModulesMatch } from "./node-modules.mjs";
import { SetupProblem } from "./problem.mjs";
import { findPython } from "./python.mjs";
import { buildVenv, requireOwnVenv, venvHasToBeMade, venvIsReady } from "./venv.mjs";

/** Of this package. */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Installs what is missing, and sets the exit code.
 * @param {string[]} args command-line arguments
 */
export async function setUp(args) {
  const started = performance.now();
  try {
    const { dev, quiet, home } = readArguments(args);
    const worked = await installWhatIsMissing({ root: ROOT, home }, dev);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (worked) console.log(`Set-up finished in ${seconds} s.`);
    else if (!quiet) console.log(`Everything is in place (checked in ${seconds} s).`);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    console.error(`\nSet-up could not finish: ${error.message}`);
    process.exitCode = 1;
  }
}

/**
 * @param {import("./places.mjs").Places} places
 * @param {boolean} dev
 * @returns {Promise<boolean>} whether there was anything to do
 */
async function installWhatIsMissing(places, dev) {
  const { root, home } = places;
  // In a project's node_modules npm has done its part.
  const nodeIsReady = () => home !== root || nodeModulesMatch(root);
  if (nodeIsReady() && venvIsReady(places, dev)) return false;
  await withLock(home, async () => {
    // Before the first download, so that a missing Python is known at once.
    requireOwnVenv(places);
    const python = venvHasToBeMade(places) ? findPython() : undefined;
    if (!nodeIsReady()) await installNodeModules(root);
    if (!venvIsReady(places, dev)) await buildVenv(places, dev, python);
  });
  return true;
}

/** @param {string[]} args */
function readArguments(args) {
  try {
    const { values } = parseArgs({
      args,
      options: { dev: { type: "boolean" }, quiet: { type: "boolean" }, home: { type: "string" } },
    });
    return { dev: values.dev ?? false, quiet: values.quiet ?? false, home: resolve(values.home ?? ROOT) };
  } catch (error) {
    throw new SetupProblem(
      `${error instanceof Error ? error.message : error}\nUsage: npm run setup -- [--dev] [--quiet]`,
    );
  }
}
