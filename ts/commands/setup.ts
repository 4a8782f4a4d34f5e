import { join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { CosoError } from "../errors.ts";
import { packageRoot, projectRoot } from "../processes/installation.ts";

export function setupCommand(): Command {
  return new Command("setup")
    .description("Make .venv with the worker's Python: in the project in which coso is installed, or in a checkout.")
    .option("--quiet", "say nothing when there is nothing to do")
    .addHelpText(
      "after",
      `
Examples:
  coso setup
  COSO_BOOTSTRAP_PYTHON=/opt/python3.12/bin/python3 coso setup    made from this Python

It downloads PyTorch, whose CUDA build takes about 7 GB with its libraries. A Python that has it all already needs no
set-up: name it in COSO_PYTHON. A .venv that is not coso's is left as it is.`,
    )
    .action(async ({ quiet = false }: { quiet?: boolean }) => {
      const script = join(packageRoot, "scripts/setup.mjs");
      const args = [script, "--home", projectRoot, ...(quiet ? ["--quiet"] : [])];
      const { failed } = await execa(process.execPath, args, { stdio: "inherit", reject: false });
      if (failed) throw new CosoError("set-up could not finish; what it said stands above");
    });
}
