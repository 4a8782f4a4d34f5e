import { join } from "node:path";
import { runStep } from "./command.mjs";

/**
 * @param {string} home folder of .venv
 * @param {string} title
 * @param {string[]} what
 */
export async function pipInstall(home, title, what) {
  await runStep({
    title,
    command: join(home, ".venv/bin/python"),
    args: ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", ...what],
    cwd: home,
    explain: explainPip,
  });
}

/** @param {string} output */
function explainPip(output) {
  if (
    /Temporary failure in name resolution|Name or service not known|Failed to establish a new connection|ConnectionError|NewConnectionError|Read timed out|ProxyError/.test(
      output,
    )
  ) {
    return "The package index cannot be reached: check the network (and `pip config list`), then run this again.";
  }
  if (/No space left on device/.test(output)) {
    return "The disk is full. PyTorch's CUDA build with its libraries takes about 7 GB; free some space, then run this again.";
  }
  if (/\(from versions: none\)/.test(output)) {
    return "The package index offers no version of it at all: check the network (and `pip config list`); or there is no wheel of it for this platform and Python.";
  }
  if (/No matching distribution found/.test(output)) {
    return "There is no wheel of that version for this platform and Python: try another Python with COSO_BOOTSTRAP_PYTHON=/path/to/python npm run setup.";
  }
  return "";
}
