import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { WorkerError } from "../errors.ts";
import { packagedPath, packageRoot, projectRoot, SETUP_COMMAND } from "./installation.ts";

/**
 * The argv of the Python worker, to which `--endpoint X` is appended.
 * @param python Interpreter; the default is `COSO_PYTHON`, then `.venv` of the checkout, or of the project in which the
 * package is installed.
 * @param processes How many torchrun starts; null: the worker itself, without a launcher.
 * @throws WorkerError `start` when there is no such interpreter.
 */
export function pythonCommand(
  python = process.env.COSO_PYTHON ?? join(projectRoot, ".venv/bin/python"),
  processes: number | null = null,
): string[] {
  if (python.includes("/") && !existsSync(python)) {
    throw new WorkerError(
      "start",
      `No Python at ${python}. Run \`${SETUP_COMMAND}\`, or set COSO_PYTHON to a Python that has ` +
        `${packagedPath("requirements.txt")} installed.`,
    );
  }
  return processes === null
    ? [python, "-m", "coso_worker"]
    : [python, "-m", "coso_worker.distributed.torchrun", "--processes", String(processes)];
}

/** What the worker's environment needs beside this process's own. */
export function pythonEnvironment(threads: number): Record<string, string> {
  const inherited = process.env.PYTHONPATH;
  return {
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    TOKENIZERS_PARALLELISM: "false",
    PYTHONUNBUFFERED: "1",
    PYTHONFAULTHANDLER: "1",
    PYTHONPATH: `${join(packageRoot, "python")}${inherited ? `${delimiter}${inherited}` : ""}`,
  };
}
