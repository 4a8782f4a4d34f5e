import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withLock } from "./lock.mjs";
import { installNodeModules, nodeModulesMatch } from "./node-modules.mjs";
import { SetupProblem } from "./problem.mjs";
import { findPython } from "./python.mjs";
import { buildVenv, venvHasToBeMade, venvIsReady } from "./venv.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Installs what is missing, and sets the exit code.
 * @param {string[]} args command-line arguments
 */
export async function setUp(args) {
  const started = performance.now();
  try {
    const { dev, quiet } = readArguments(args);
    const worked = await installWhatIsMissing(dev);
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
 * @param {boolean} dev
 * @returns {Promise<boolean>} whether there was anything to do
 */
async function installWhatIsMissing(dev) {
  const isComplete = () => nodeModulesMatch(ROOT) && venvIsReady(ROOT, dev);
  if (isComplete()) return false;
  await withLock(ROOT, async () => {
    // Before the first download, so that a missing Python is known at once.
    const python = venvHasToBeMade(ROOT) ? findPython() : undefined;
    if (!nodeModulesMatch(ROOT)) await installNodeModules(ROOT);
    if (!venvIsReady(ROOT, dev)) await buildVenv(ROOT, dev, python);
  });
  return true;
}

/** @param {string[]} args */
function readArguments(args) {
  try {
    const { values } = parseArgs({ args, options: { dev: { type: "boolean" }, quiet: { type: "boolean" } } });
    return { dev: values.dev ?? false, quiet: values.quiet ?? false };
  } catch (error) {
    throw new SetupProblem(
      `${error instanceof Error ? error.message : error}\nUsage: npm run setup -- [--dev] [--quiet]`,
    );
  }
}
