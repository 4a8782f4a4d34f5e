import { describeBadRows, readConversations } from "../demonstrations/conversation-file.ts";
import type { BadRow } from "../demonstrations/conversation-row.ts";
import { SFT_PURPOSE, scriptedDemonstrations, spokenIn } from "../demonstrations/scripted.ts";
import type { EnvironmentDefinition } from "../environments/environment.ts";
import { ConfigError } from "../errors.ts";
import { type Comparison, compareFormats } from "./compare-format.ts";
import { knownWording } from "./known-wording.ts";
import { type WrittenTemplate, withPlaceholders } from "./placeholders.ts";
import { promptTemplates } from "./prompt-templates.ts";
import { type UtteranceFormat, utteranceFormat } from "./utterance-format.ts";

/** What `coso format` finds out about a data file. */
export interface FileFormat {
  readonly rows: number;
  readonly badRows: readonly BadRow[];
  readonly distinctPrompts: number;
  /** The commonest first, with the rows that each covers. */
  readonly prompts: readonly (WrittenTemplate & { rows: number; distinctPrompts: number })[];
  readonly utterances: UtteranceFormat;
  readonly comparison: readonly Comparison[];
}

const NUM_OF_OURS = 300;

/**
 * The format of a data file, and how it compares with the environment's own. Images are not looked at.
 * @throws ConfigError when the file cannot be read or has no row that can.
 */
export async function extractFormat(
  file: string,
  definition: EnvironmentDefinition,
  settings: unknown,
): Promise<FileFormat> {
  const { rows, badRows } = await readConversations(file, { images: null });
  if (rows.length === 0) throw new ConfigError(`${file}: no row can be read:\n${describeBadRows(badRows)}`);
  const environment = definition.create(settings);
  try {
    const prompts = rows.map(({ prompt }) => prompt);
    const distinctPrompts = new Set(prompts).size;
    const ownWording = knownWording(definition, settings, prompts);
    const templates =
      ownWording === null
        ? promptTemplates(prompts).map((template) => ({
            ...withPlaceholders(template, definition.prompt?.placeholders ?? {}),
            rows: template.rows,
            distinctPrompts: template.distinctPrompts,
          }))
        : [{ kind: "template" as const, text: ownWording, notes: [], rows: rows.length, distinctPrompts }];
    const theirs = utteranceFormat(rows, environment);
    const ours = await ofScriptedExpert(definition, settings);
    return {
      rows: rows.length,
      badRows,
      distinctPrompts,
      prompts: templates,
      utterances: theirs,
      comparison: compareFormats({
        definition,
        settings,
        spoken: rows,
        templates,
        theirs,
        ours: ours === null ? null : utteranceFormat(ours, environment),
      }),
    };
  } finally {
    await environment.close?.();
  }
}

async function ofScriptedExpert(definition: EnvironmentDefinition, settings: unknown) {
  if (definition.demonstrations === undefined) return null;
  const quality = definition.demonstrations.quality.parse({});
  const chosen = { count: NUM_OF_OURS, seed: 0, purpose: SFT_PURPOSE, settings, quality };
  const spoken = await spokenIn(scriptedDemonstrations(definition, chosen));
  return spoken.map(({ observation: { prompt }, utterance }) => ({ prompt, utterance }));
}
