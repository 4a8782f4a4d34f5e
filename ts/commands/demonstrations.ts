import { Command } from "commander";
import { z } from "zod";
import { applyOverrides } from "../config/overrides.ts";
import { SFT_PURPOSE, scriptedDemonstrations } from "../demonstrations/scripted.ts";
import { writeConversations } from "../demonstrations/write-conversations.ts";
import type { EnvironmentDefinition } from "../environments/environment.ts";
import { ConfigError } from "../errors.ts";
import { progressTo } from "../progress.ts";
import { addEnvironmentOptions, chosenEnvironment, type SettingsFlags } from "./environment-options.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger, seed } from "./option-values.ts";

interface DemonstrationsFlags extends SettingsFlags {
  count: number;
  seed: number;
  out: string;
  quality?: string[];
  overwrite?: boolean;
  json?: boolean;
}

export function demonstrationsCommand(interruption: Interruption): Command {
  return addEnvironmentOptions(new Command("demonstrations"))
    .description("Write demonstrations of an environment's scripted expert as LLaVA-style data for fine-tuning.")
    .requiredOption("--count <n>", "rows to write", positiveInteger)
    .requiredOption("--out <dir>", "folder to write data.json and images/ to")
    .option("--seed <n>", "the rows are those that an experiment of this seed learns from", seed, 0)
    .option("--quality <key=value...>", "how imperfect they are, as an experiment's sft.demonstrations.quality")
    .option("--overwrite", "replace the data that the folder holds")
    .option("--json", "print only what was written, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, flags: DemonstrationsFlags) => {
      const { definition, settings } = await chosenEnvironment(id, flags);
      const { count, out, overwrite = false } = flags;
      const demonstrations = scriptedDemonstrations(definition, {
        count,
        seed: flags.seed,
        purpose: SFT_PURPOSE,
        settings,
        quality: chosenQuality(definition, flags.quality ?? []),
      });
      const progress = progressTo(process.stderr);
      progress.begin("demonstrations", count);
      const written = await interruption
        .during(
          "stopped; no data.json was written",
          () => progress.say("stopping"),
          (signal) =>
            writeConversations(demonstrations, out, {
              name: `${definition.id}-${flags.seed}`,
              overwrite,
              signal,
              onRow: (row) => progress.update(row),
            }),
        )
        .finally(() => progress.end());
      process.stdout.write(
        flags.json === true
          ? `${JSON.stringify(written, null, 2)}\n`
          : `${written.file}: ${written.rows} rows, ${written.images} distinct images\n`,
      );
    });
}

const EXAMPLES = `
Examples:
  coso demonstrations numberline --count 3000 --out sft/numberline
  coso demonstrations points24 --count 10000 --seed 1 --quality mistakeRate=0 malformedRate=0 --out sft/points24
  coso demonstrations ezpoints --count 500 --set prompt.file=prompt.txt --out sft/ezpoints

data.json is an array of {"id", "image": "images/<sha256>.png", "conversations": [{"from": "human", "value":
"<image>\\n<prompt>"}, {"from": "gpt", "value": "<utterance>"}]}; image paths are relative to it.`;

function chosenQuality({ id, demonstrations }: EnvironmentDefinition, overrides: readonly string[]): unknown {
  const parsed = demonstrations?.quality.safeParse(applyOverrides({}, overrides));
  if (parsed === undefined || parsed.success) return parsed?.data;
  throw new ConfigError(`--quality of ${id}:\n${z.prettifyError(parsed.error)}`);
}
