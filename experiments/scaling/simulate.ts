import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { CosoError } from "../../ts/index.ts";
import { provenanceOf, readCalibration } from "./calibration.ts";
import { costsOf } from "./costs.ts";
import { sensitivity } from "./knobs.ts";
import { MODES, type Mode, simulate } from "./simulation.ts";
import { knobTable, type Result, scaleTable } from "./tables.ts";
import { UPDATES, type Update } from "./workloads.ts";

interface Flags {
  gpus: number[];
  environments: number[];
  environment: string;
  engine: string;
  mode: Mode;
  staleness: number;
  trainers?: number;
  stepsPerEnvironment: number;
  update: Update;
  epochs?: number;
  calibration: string;
  seed: number;
  knobs: boolean;
  json?: true;
}

const DEFAULT_CALIBRATION = fileURLToPath(new URL("calibrations/h100.json", import.meta.url));

const command = new Command("simulate")
  .description(
    "Where time goes when one process leads environments, engines that speak and GPUs that learn: a discrete-event simulation.",
  )
  .option("--gpus <counts>", "as 1,8,64", counts, [1, 8, 64])
  .option("--environments <counts>", "in all, as 16,512,4096", counts, [16, 256, 4096])
  .option("--environment <kind>", "of the calibration's: gym-cards, alfworld, emulator", "gym-cards")
  .option("--engine <name>", "of the calibration's: serving, worker, reference", "serving")
  .addOption(new Option("--mode <mode>", "who waits for whom").choices(MODES).default("synchronous"))
  .option("--staleness <versions>", "asynchronous: updates between a step's beginning and its own, at most", from(0), 1)
  .option("--trainers <count>", "asynchronous: GPUs that learn; without it, as many as keep the engines busy", from(0))
  .option("--steps-per-environment <count>", "that an update learns from", from(1), 4)
  .addOption(new Option("--update <what>", "what learns").choices(UPDATES).default("lora"))
  .option("--epochs <count>", "passes over a batch in one update; without it, the experiment's: 4", from(1))
  .option("--calibration <file>", "where the costs come from", DEFAULT_CALIBRATION)
  .option("--seed <number>", "of all draws", from(0), 0)
  .option("--no-knobs", "leave out what halving each cost would bring")
  .option("--json", "print { calibration, figures, results: [{ scale, outcome, help }] }")
  .addHelpText(
    "after",
    `
Examples:
  npx tsx experiments/scaling/simulate.ts
  npx tsx experiments/scaling/simulate.ts --environment emulator --mode asynchronous --gpus 8 --environments 64,512
  npx tsx experiments/scaling/simulate.ts --calibration experiments/scaling/calibrations/cpu.json --engine worker \\
    --environment numberline --gpus 1 --environments 64

Arithmetic, not measurements, but for the figures that the calibration says were measured. docs/scaling.md reads the tables.`,
  )
  .action(async (flags: Flags) => {
    const calibration = readCalibration(flags.calibration);
    const costs = await costsOf(calibration, { ...flags, epochs: flags.epochs ?? null });
    const { mode, staleness, stepsPerEnvironment, trainers = null, seed } = flags;
    const results: Result[] = [];
    for (const gpus of flags.gpus) {
      for (const environments of flags.environments) {
        const scale = { gpus, environments, mode, staleness, trainers, stepsPerEnvironment };
        const outcome = simulate(costs, scale, seed);
        results.push({ scale, outcome, help: flags.knobs ? sensitivity(costs, scale, seed) : [] });
      }
    }
    const figures = provenanceOf(calibration);
    if (flags.json) {
      console.log(JSON.stringify({ calibration: calibration.name, figures, results }, null, 2));
      return;
    }
    const { measured, published, assumed } = figures;
    console.log(
      [
        `${calibration.name}; ${flags.environment}, ${mode}, engine "${flags.engine}", seed ${seed}. ` +
          `Of the calibration's figures ${measured} are measured, ${published} published, ${assumed} assumed.`,
        `Of all GPUs' time, %:\n\n${scaleTable(results)}`,
        ...(flags.knobs ? [`Times as fast with one cost halved (GPUs × environments):\n\n${knobTable(results)}`] : []),
      ].join("\n\n"),
    );
  });

function counts(text: string): number[] {
  return text.split(",").map((part) => from(1)(part.trim()));
}

function from(least: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text !== "" && Number.isSafeInteger(number) && number >= least) return number;
    throw new InvalidArgumentError(`Expected a whole number from ${least} on, received "${text}".`);
  };
}

try {
  await command.parseAsync();
} catch (error) {
  if (!(error instanceof CosoError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
