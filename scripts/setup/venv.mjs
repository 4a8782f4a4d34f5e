import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runStep } from "./command.mjs";
import { pipInstall } from "./pip.mjs";
import { SetupProblem } from "./problem.mjs";
import { hashOf, pinsOf } from "./requirements.mjs";

/** Removed before pip changes anything, written once it is done: without it, pip was cut off, and .venv is not to be trusted. */
const STAMP = ".venv/coso-setup.json";

/** @typedef {{ runtime: string | null, dev: string | null }} Stamp hashes of the requirements that .venv holds; null: not all of them */

/**
 * @param {string} root
 * @param {boolean} dev whether the tools of requirements-dev.txt have to be there, too
 */
export function venvIsReady(root, dev) {
  const { runtimeIsReady, devIsReady } = inspectVenv(root);
  return runtimeIsReady && (devIsReady || !dev);
}

/**
 * Whether there is no .venv, one that set-up did not finish, or one that does not start.
 * @param {string} root
 */
export function venvHasToBeMade(root) {
  const { works, stamp } = inspectVenv(root);
  return !works || stamp === undefined;
}

/**
 * Makes .venv hold the pinned requirements.
 * @param {string} root
 * @param {boolean} dev
 * @param {import("./python.mjs").Python | undefined} python makes .venv anew; without it, the present one is kept
 */
export async function buildVenv(root, dev, python) {
  const { stamp, runtimeIsReady, devIsReady } = inspectVenv(root);
  rmSync(join(root, STAMP), { force: true });
  if (python !== undefined) {
    rmSync(join(root, ".venv"), { recursive: true, force: true });
    await runStep({
      title: `Making .venv with ${python.command} (Python ${python.version})`,
      command: python.command,
      args: ["-m", "venv", ".venv"],
      cwd: root,
      explain: () => "",
    });
  }
  const installsDev = dev || stamp?.dev != null;
  try {
    if (!runtimeIsReady) await installRuntime(root);
    if (installsDev && !(devIsReady && runtimeIsReady)) {
      await pipInstall(root, "Installing the tools for tests and checks", ["-r", "requirements-dev.txt"]);
    }
    writeStamp(root, {
      runtime: hashOf(root, "requirements.txt"),
      dev: installsDev ? hashOf(root, "requirements-dev.txt") : null,
    });
  } catch (error) {
    if (!(error instanceof SetupProblem) || error.wasKilled) throw error;
    // pip gave up by itself and left .venv whole: the next set-up goes on from there.
    writeStamp(root, { runtime: null, dev: null });
    throw error;
  }
}

/** @param {string} root */
async function installRuntime(root) {
  const torch = pinsOf(root, "requirements.txt").find(({ name }) => name === "torch");
  if (torch !== undefined) {
    // Alone and first: it is nearly all of the download, and nothing else gets to choose its build.
    await pipInstall(root, `Installing PyTorch ${torch.version}, the large one`, [`torch==${torch.version}`]);
  }
  await pipInstall(root, "Installing the other Python packages", ["-r", "requirements.txt"]);
}

/** @param {string} root */
function inspectVenv(root) {
  const stamp = readStamp(root);
  const sitePackages = askVenv(root);
  const works = sitePackages !== undefined;
  const installed = new Set(works ? readdirSync(sitePackages).map((name) => name.toLowerCase()) : []);
  const holds = (/** @type {string} */ file) =>
    pinsOf(root, file).every(({ name, version }) =>
      // A local build tag, as in torch-2.13.0+cpu, is still that version.
      [...installed].some(
        (entry) =>
          entry.startsWith(`${name}-${version}`) &&
          /^(\+.*)?\.dist-info$/.test(entry.slice(name.length + 1 + version.length)),
      ),
    );
  const matches = (/** @type {string | null | undefined} */ hash, /** @type {string} */ file) =>
    hash === hashOf(root, file) && holds(file);
  return {
    works,
    stamp,
    runtimeIsReady: matches(stamp?.runtime, "requirements.txt"),
    devIsReady: matches(stamp?.dev, "requirements-dev.txt"),
  };
}

/**
 * @param {string} root
 * @returns {string | undefined} its site-packages folder, if the venv's Python starts at all
 */
function askVenv(root) {
  const { status, stdout } = spawnSync(
    join(root, ".venv/bin/python"),
    ["-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
    { encoding: "utf8" },
  );
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {string} root
 * @returns {Stamp | undefined}
 */
function readStamp(root) {
  try {
    return JSON.parse(readFileSync(join(root, STAMP), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {Stamp} stamp
 */
function writeStamp(root, stamp) {
  writeFileSync(join(root, STAMP), `${JSON.stringify(stamp)}\n`);
}
