import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { describeBadRows } from "../demonstrations/conversation-file.ts";
import { ConfigError, messageOf } from "../errors.ts";
import { extractFormat, type FileFormat } from "../format/extract-format.ts";
import { percent } from "../report/format.ts";
import { addSettingsOptions, chosenEnvironment, type SettingsFlags } from "./environment-options.ts";

interface FormatFlags extends SettingsFlags {
  env: string;
  writePrompt?: string;
  json?: boolean;
}

export function formatCommand(print: (text: string) => void = console.log): Command {
  return addSettingsOptions(new Command("format"))
    .description("Extract prompt and answer format from a LLaVA-style data file, and compare them with ours.")
    .argument("<file>", "JSON array of {id, image, conversations}")
    .requiredOption("--env <id>", "environment that the data is for, or the file that defines it")
    .option("--write-prompt <file>", "write the prompt's template, as environment.settings.prompt.file takes it")
    .option("--json", "print only what was found, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, { env, writePrompt, json = false, ...flags }: FormatFlags) => {
      const { definition, settings } = await chosenEnvironment(env, flags);
      const format = await extractFormat(file, definition, settings);
      print(json ? JSON.stringify(format, null, 2) : describe(file, format));
      if (writePrompt !== undefined) await writeTemplate(format, writePrompt, json ? () => undefined : print);
      if (format.badRows.length > 0) {
        throw new ConfigError(
          `${file}: ${format.badRows.length} of ${format.rows + format.badRows.length} rows cannot be read, counted ` +
            `from 1:\n${describeBadRows(format.badRows)}`,
        );
      }
    });
}

const EXAMPLES = `
Examples:
  coso format sft/data.json --env numberline
  coso format sft/data.json --env points24 --write-prompt prompt.txt
  coso play points24 --set prompt.file=prompt.txt

Images are not looked at. Rows that cannot be read are listed, and then the exit code is not 0.`;

async function writeTemplate({ prompts }: FileFormat, path: string, print: (text: string) => void): Promise<void> {
  const [first] = prompts;
  if (first?.kind !== "template") {
    throw new ConfigError(`--write-prompt: the commonest prompt is no template: ${first?.problem ?? "there is none"}`);
  }
  try {
    // The line break is not part of the prompt: reading takes one away.
    await writeFile(path, `${first.text}\n`);
  } catch (error) {
    throw new ConfigError(`--write-prompt: expected a file to write, got ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const others = prompts.length - 1;
  const rest = others === 0 ? "" : `; ${others} other wording${others === 1 ? " is" : "s are"} not in it`;
  print(`\nwrote ${path}${rest}; use it with environment.settings.prompt.file=${path}`);
}

const NUM_SHOWN = 5;

function describe(file: string, { rows, distinctPrompts, prompts, utterances, comparison }: FileFormat): string {
  const lines = [`${file}: rows ${rows}, distinct prompts ${distinctPrompts}, wordings ${prompts.length}`];
  for (const { text, rows: covered, distinctPrompts: distinct, ...template } of prompts.slice(0, NUM_SHOWN)) {
    lines.push(
      "",
      `Prompt of ${covered} rows, ${distinct} distinct:`,
      ...text.split("\n").map((line) => `  | ${line}`),
    );
    if (template.kind === "varies") lines.push(`  ${template.problem}`);
    else lines.push(...template.notes.map((note) => `  note: ${note}`));
  }
  if (prompts.length > NUM_SHOWN) lines.push("", `… and ${prompts.length - NUM_SHOWN} more wordings`);
  lines.push("", "Keys of the utterances, as shares of those that are JSON objects:");
  for (const { keys, share } of utterances.keyOrders.slice(0, NUM_SHOWN)) {
    lines.push(`  ${percent(share).padStart(7)}  ${keys.join(", ")}`);
  }
  lines.push("", "Compared with ours:");
  for (const { point, verdict, finding, mend } of comparison) {
    lines.push(`  ${point.padEnd(8)} ${verdict.padEnd(8)} ${finding}`);
    if (mend !== null) lines.push(`${" ".repeat(20)}mend: ${mend}`);
  }
  return lines.join("\n");
}
