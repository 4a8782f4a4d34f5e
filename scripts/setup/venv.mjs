import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./command.mjs";
import { pipInstall } from "./pip.mjs";
import { fromHome } from "./places.mjs";
import { SetupProblem } from "./problem.mjs";
import { hashOf, pinsOf } from "./requirements.mjs";

/** Removed before pip changes anything, written once it is done: without it, pip was cut off, and .venv is not to be trusted. */
const STAMP = ".venv/coso-setup.json";

/** @typedef {{ runtime: string | null, dev: string | null }} Stamp hashes of the requirements that .venv holds; null: not all of them */

/**
 * @param {import("./places.mjs").Places} places
 * @param {boolean} dev whether the tools of requirements-dev.txt have to be there, too
 */
export function venvIsReady(places, dev) {
  const { runtimeIsReady, devIsReady } = inspectVenv(places);
  return runtimeIsReady && (devIsReady || !dev);
}

/**
 * Whether there is no .venv, one that set-up did not finish, or one that does not start.
 * @param {import("./places.mjs").Places} places
 */
export function venvHasToBeMade(places) {
  const { works, stamp } = inspectVenv(places);
  return !works || stamp === undefined;
}

/**
 * In a user's project a .venv may be one of their own, which is nobody's to remove.
 * @param {import("./places.mjs").Places} places
 * @throws {SetupProblem} when the project has a .venv that no set-up finished
 */
export function requireOwnVenv(places) {
  const { root, home } = places;
  if (home === root || !existsSync(join(home, ".venv")) || inspectVenv(places).stamp !== undefined) return;
  throw new SetupProblem(
    `${join(home, ".venv")} is there already, and no set-up of coso has finished it.\n` +
      "  where it may go: rm -rf .venv && npx coso setup\n" +
      "  where it stays:  install the requirements in a Python of your choice, and name it: COSO_PYTHON=/path/to/python\n" +
      `                   /path/to/python -m pip install -r ${fromHome(places, "requirements.txt")}`,
  );
}

/**
 * Makes .venv hold the pinned requirements.
 * @param {import("./places.mjs").Places} places
 * @param {boolean} dev
 * @param {import("./python.mjs").Python | undefined} python makes .venv anew; without it, the present one is kept
 */
export async function buildVenv(places, dev, python) {
  const { home } = places;
  const { stamp, runtimeIsReady, devIsReady } = inspectVenv(places);
  rmSync(join(home, STAMP), { force: true });
  if (python !== undefined) {
    rmSync(join(home, ".venv"), { recursive: true, force: true });
    await runStep({
      title: `Making .venv with ${python.command} (Python ${python.version})`,
      command: python.command,
      args: ["-m", "venv", ".venv"],
      cwd: home,
      explain: () => "",
    });
  }
  const installsDev = dev || stamp?.dev != null;
  try {
    if (!runtimeIsReady) await installRuntime(places);
    if (installsDev && !(devIsReady && runtimeIsReady)) {
      await pipInstall(home, "Installing the tools for tests and checks", [
        "-r",
        fromHome(places, "requirements-dev.txt"),
      ]);
    }
    writeStamp(home, {
      runtime: hashOf(places.root, "requirements.txt"),
      dev: installsDev ? hashOf(places.root, "requirements-dev.txt") : null,
    });
  } catch (error) {
    if (!(error instanceof SetupProblem) || error.wasKilled) throw error;
    // pip gave up by itself and left .venv whole: the next set-up goes on from there.
    writeStamp(home, { runtime: null, dev: null });
    throw error;
  }
}

/** @param {import("./places.mjs").Places} places */
async function installRuntime(places) {
  const torch = pinsOf(places.root, "requirements.txt").find(({ name }) => name === "torch");
  if (torch !== undefined) {
    // Alone and first: it is nearly all of the download, and nothing else gets to choose its build.
    await pipInstall(places.home, `Installing PyTorch ${torch.version}, the large one`, [`torch==${torch.version}`]);
  }
  await pipInstall(places.home, "Installing the other Python packages", ["-r", fromHome(places, "requirements.txt")]);
}

/** @param {import("./places.mjs").Places} places */
function inspectVenv(places) {
  const stamp = readStamp(places.home);
  const sitePackages = askVenv(places.home);
  const works = sitePackages !== undefined;
  const installed = new Set(works ? readdirSync(sitePackages).map((name) => name.toLowerCase()) : []);
  const holds = (/** @type {string} */ file) =>
    pinsOf(places.root, file).every(({ name, version }) =>
      // A local build tag, as in torch-2.13.0+cpu, is still that version.
      [...installed].some(
        (entry) =>
          entry.startsWith(`${name}-${version}`) &&
          /^(\+.*)?\.dist-info$/.test(entry.slice(name.length + 1 + version.length)),
      ),
    );
  const matches = (/** @type {string | null | undefined} */ hash, /** @type {string} */ file) =>
    // A package has no requirements-dev.txt, and nobody asks for it there.
    hash != null && hash === hashOf(places.root, file) && holds(file);
  return {
    works,
    stamp,
    runtimeIsReady: matches(stamp?.runtime, "requirements.txt"),
    devIsReady: matches(stamp?.dev, "requirements-dev.txt"),
  };
}

/**
 * @param {string} home
 * @returns {string | undefined} its site-packages folder, if the venv's Python starts at all
 */
function askVenv(home) {
  const { status, stdout } = spawnSync(
    join(home, ".venv/bin/python"),
    ["-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
    { encoding: "utf8" },
  );
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {string} home
 * @returns {Stamp | undefined}
 */
function readStamp(home) {
  try {
    return JSON.parse(readFileSync(join(home, STAMP), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} home
 * @param {Stamp} stamp
 */
function writeStamp(home, stamp) {
  writeFileSync(join(home, STAMP), `${JSON.stringify(stamp)}\n`);
}
