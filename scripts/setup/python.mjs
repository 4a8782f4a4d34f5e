import { spawnSync } from "node:child_process";
import { SetupProblem } from "./problem.mjs";

/** The Pythons for which every pinned requirement has wheels. */
const OLDEST_MINOR = 11;
const NEWEST_MINOR = 14;
const CANDIDATES = ["python3.13", "python3.12", "python3.11", "python3.14", "python3", "python"];

const PROBE = `
import importlib.util, json, sys
print(json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "minor": sys.version_info[1] if sys.version_info[0] == 3 else -1,
    "hasVenv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))
`;

/** @typedef {{ command: string, version: string, minor: number, hasVenv: boolean }} Python */

/**
 * The interpreter that .venv is made from: `COSO_BOOTSTRAP_PYTHON` where that is set, otherwise the first fitting one
 * on the PATH.
 * @returns {Python}
 * @throws {SetupProblem} when there is none, or none that can make virtual environments
 */
export function findPython() {
  const chosen = process.env.COSO_BOOTSTRAP_PYTHON;
  const found = (chosen ? [chosen] : CANDIDATES).map(probePython).filter((python) => python !== undefined);
  const fitting = found.filter(({ minor }) => minor >= OLDEST_MINOR && minor <= NEWEST_MINOR);
  const usable = fitting.find(({ hasVenv }) => hasVenv);
  if (usable !== undefined) return usable;
  if (fitting[0] !== undefined) throw new SetupProblem(venvMissing(fitting[0]));
  throw new SetupProblem(noPython(chosen, found));
}

/**
 * @param {string} command
 * @returns {Python | undefined}
 */
function probePython(command) {
  const { status, stdout } = spawnSync(command, ["-c", PROBE], { encoding: "utf8" });
  if (status !== 0) return undefined;
  try {
    return { command, ...JSON.parse(stdout) };
  } catch {
    return undefined;
  }
}

/** @param {Python} python */
function venvMissing({ command, version, minor }) {
  return (
    `${command} (Python ${version}) cannot make virtual environments: its venv and ensurepip modules are missing.\n` +
    `  Debian, Ubuntu: sudo apt-get install python3-venv   (or python3.${minor}-venv)\n` +
    "  elsewhere:      install a complete Python and name it: COSO_BOOTSTRAP_PYTHON=/path/to/python npm run setup"
  );
}

/**
 * @param {string | undefined} chosen
 * @param {Python[]} found
 */
function noPython(chosen, found) {
  const needed = `Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR} is needed`;
  const came =
    found.length > 0
      ? `found only ${found.map(({ command, version }) => `${command} (${version})`).join(", ")}`
      : `found none (tried ${(chosen ? [chosen] : CANDIDATES).join(", ")})`;
  const mend = chosen
    ? "  COSO_BOOTSTRAP_PYTHON names it: correct or unset that variable."
    : "  Debian, Ubuntu: sudo apt-get install python3 python3-venv\n" +
      "  macOS:          brew install python@3.13\n" +
      "  elsewhere:      COSO_BOOTSTRAP_PYTHON=/path/to/python npm run setup";
  return `${needed}, but set-up ${came}.\n${mend}`;
}
