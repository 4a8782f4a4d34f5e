import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { DeviceError, messageOf } from "../../errors.ts";
import { installCommand } from "../../processes/installation.ts";
import { pythonCommand } from "../../processes/python-command.ts";

/** The folder inside MiniWoB++'s `html` that has a page a task. */
const TASKS = "miniwob";
const PAGE = ".html";
const PYTHON_TIMEOUT_MS = 30_000;
/** Finds the package without importing it, which would take what it requires. */
const WHERE = "import importlib.util as u; spec = u.find_spec('miniwob'); print(spec.origin if spec else '')";

/**
 * The address of a task's page.
 * @param folder MiniWoB++'s `html`; null: that of the Python package `miniwob`.
 * @throws DeviceError `absent` when there are no pages, or none of this task.
 */
export async function pageOf(task: string, folder: string | null): Promise<string> {
  const pages = join(folder ?? (await installedPages()), TASKS);
  if (!existsSync(pages)) {
    throw new DeviceError(
      "absent",
      `environment.settings.pages: expected MiniWoB++'s html folder, with ${TASKS}/ in it, got ${folder}`,
    );
  }
  const page = join(pages, `${task}${PAGE}`);
  if (existsSync(page)) return pathToFileURL(page).href;
  const known = readdirSync(pages).flatMap((name) => (name.endsWith(PAGE) ? [name.slice(0, -PAGE.length)] : []));
  throw new DeviceError(
    "absent",
    `environment.settings.tasks: no MiniWoB++ task ${task}; there are ${known.join(", ")}`,
  );
}

let installed: Promise<string> | undefined;

/** Asked once a process. */
function installedPages(): Promise<string> {
  installed ??= askPython();
  return installed;
}

async function askPython(): Promise<string> {
  const mend = `${installCommand("python/requirements-miniwob.txt")}, or set environment.settings.pages`;
  try {
    const [python = ""] = pythonCommand();
    const { stdout } = await execa(python, ["-c", WHERE], { timeout: PYTHON_TIMEOUT_MS });
    if (stdout === "") throw new DeviceError("absent", "the Python package miniwob is not installed");
    return join(dirname(stdout), "html");
  } catch (error) {
    throw new DeviceError("absent", `MiniWoB++'s pages were not found: ${messageOf(error)}; ${mend}`, { cause: error });
  }
}
