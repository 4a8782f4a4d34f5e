import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { WorkerError } from "../errors.ts";

const packageRoot = fileURLToPath(new URL("../../", import.meta.url));

/**
 * The argv of the Python worker, to which `--endpoint X` is appended.
 * @param python Interpreter; the default is `COSO_PYTHON`, then the package's own `.venv`.
 * @throws WorkerError `start` when there is no such interpreter.
 */
export function pythonCommand(python = process.env.COSO_PYTHON ?? `${packageRoot}.venv/bin/python`): string[] {
  if (python.includes("/") && !existsSync(python)) {
    throw new WorkerError(
      "start",
      `No Python at ${python}. Run \`npm run setup\`, or set COSO_PYTHON to a Python that has requirements.txt installed.`,
    );
  }
  return [python, "-m", "coso_worker"];
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
    PYTHONPATH: `${packageRoot}python${inherited ? `${delimiter}${inherited}` : ""}`,
  };
}
