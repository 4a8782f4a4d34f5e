import { Argument, Command } from "commander";
import { benchAlfworld } from "../bench/alfworld.ts";
import { benchBridge } from "../bench/bridge.ts";
import { benchCausal } from "../bench/causal.ts";
import { benchEnvironment } from "../bench/environment.ts";
import { benchGeneration } from "../bench/generation.ts";
import { benchIteration } from "../bench/iteration.ts";
import { benchOverlap } from "../bench/overlap.ts";
import { benchRollout } from "../bench/rollout.ts";
import { benchSchematic } from "../bench/schematic.ts";
import { benchUpdate } from "../bench/update.ts";
import { WorldError } from "../errors.ts";

/** Each returns figures by name; times are comparable only within one run, so every one carries a ratio. */
const benchmarks = {
  bridge: async () => ({ ...(await benchBridge()) }),
  env: () => benchEnvironment(),
  rollout: async () => ({ ...(await benchRollout()) }),
  overlap: () => benchOverlap(),
  causal: async () => ({ ...(await benchCausal()) }),
  generate: async () => ({ ...(await benchGeneration()) }),
  update: async () => ({ ...(await benchUpdate()) }),
  iteration: () => benchIteration(),
  alfworld: () => benchAlfworld(),
  schematic: () => benchSchematic(),
} satisfies Record<string, () => Promise<Record<string, number>>>;

type Name = keyof typeof benchmarks;
const names = Object.keys(benchmarks) as Name[];

export function benchCommand(): Command {
  return new Command("bench")
    .description("Measure speed against the reference way of doing the same thing, in one run.")
    .addArgument(new Argument("[name]", "one benchmark (default: all)").choices(names))
    .option("--json", "print only the figures, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso bench
  coso bench bridge
  coso bench env --json       a minute
  coso bench rollout
  coso bench overlap         ten minutes: the engine in the worker, and in a process of its own
  coso bench causal          some minutes: the published way takes its time
  coso bench alfworld        where alfworld is installed; alfworld's own side takes its time
  coso bench schematic       where alfworld is installed
  coso bench iteration       with a CUDA device: a policy of 7B random weights, 16 GB of them in the temporary folder

Milliseconds and steps a second depend on the machine and on what else it does; the ratios carry over.`,
    )
    .action(async (name: Name | undefined, { json }: { json?: boolean }) => {
      const figures: Record<string, Record<string, number>> = {};
      // One after the other: they would slow each other down.
      for (const each of name === undefined ? names : [name]) {
        try {
          figures[each] = await benchmarks[each]();
        } catch (error) {
          // What is optional is left out where all are asked for.
          if (name !== undefined || !(error instanceof WorldError) || error.code !== "start") throw error;
          process.stderr.write(`${each}: left out: ${error.message}\n`);
        }
      }
      process.stdout.write(json === true ? `${JSON.stringify(figures, null, 2)}\n` : `${lines(figures).join("\n")}\n`);
    });
}

function lines(figures: Readonly<Record<string, Readonly<Record<string, number>>>>): string[] {
  return Object.entries(figures).flatMap(([benchmark, values]) => {
    const width = Math.max(...Object.keys(values).map(({ length }) => length));
    return [
      benchmark,
      ...Object.entries(values).map(([figure, value]) => `  ${figure.padEnd(width)} ${Number(value.toPrecision(4))}`),
    ];
  });
}
