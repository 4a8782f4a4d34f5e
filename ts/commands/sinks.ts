import { Command } from "commander";
import { z } from "zod";
import { parseSettings } from "../config/parse-settings.ts";
import { type SinkSettings, sinks as sinksSchema } from "../config/sinks.ts";
import { ConfigError } from "../errors.ts";
import { progressTo } from "../progress.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { sendRun } from "../sinks/send.ts";

export function sinksCommand(): Command {
  return new Command("sinks")
    .description(
      "Send to TensorBoard or Weights & Biases what runs have and these have not: after a failure, or later.",
    )
    .argument("<run...>", "run folders, finished or not, of which none is being trained")
    .option("--sink <kind or JSON...>", "where to; the default is what each run's own experiment says")
    .addHelpText(
      "after",
      `
Examples:
  coso sinks runs/quickstart-seed0
  coso sinks runs/* --sink tensorboard
  coso sinks runs/quickstart-seed0 --sink '{"kind":"wandb","project":"coso","mode":"offline"}'

Nothing is sent twice.`,
    )
    .action(async (directories: string[], { sink }: { sink?: string[] }) => {
      const asked = sink === undefined ? undefined : readAsked(sink.map(readSink));
      const progress = progressTo(process.stderr);
      for (const directory of directories) {
        const run = new RunFolder(directory);
        await sendRun(run, asked ?? ownSinks(run), progress);
      }
    });
}

function readAsked(sinks: unknown[]): SinkSettings[] {
  return parseSettings(z.strictObject({ sink: sinksSchema }), { sink: sinks }, "--sink").sink;
}

/** `{ kind }` may be given as its kind alone. */
function readSink(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { kind: text };
  }
}

/** Runs of earlier versions have none. */
function ownSinks(run: RunFolder): SinkSettings[] {
  const sinks = parseSettings(sinksSchema, run.readConfig().experiment.sinks, `${run.directory}: experiment.sinks`);
  if (sinks.length > 0) return sinks;
  throw new ConfigError(
    `${run.directory}: its experiment has no sinks; name one by --sink, such as --sink tensorboard`,
  );
}
