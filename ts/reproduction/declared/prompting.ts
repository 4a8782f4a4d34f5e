import { success, successOf } from "../measures.ts";
import type { EnvironmentLabel, Prompted, PromptedRows } from "../reproduction.ts";
import { CARDS, PHONE, SMALL_ALFWORLD, TASK_COLUMNS, taskType } from "./sources.ts";
import { CARD_GAMES } from "./studies.ts";

/** Which runs of `coso prompt` stand in which rows and columns of Tables 1 and 2. */

/** What the paper's models are called at endpoints, a provider's prefix before them or none. */
const GEMINI = /^(.*\/)?gemini-1\.5-pro(-latest|-\d+)?$/i;
const GPT4V = /^(.*\/)?(gpt-4v|gpt-4(-1106)?-vision-preview)$/i;

function nameOf({ endpoint: { model } }: Prompted, gemini: string): string {
  if (GEMINI.test(model)) return gemini;
  return GPT4V.test(model) ? "GPT-4V" : model;
}

const OFFICIAL_ALFWORLD: EnvironmentLabel = { kind: "official", detail: "AI2-THOR with the official games" };
const GAME_COLUMNS: Readonly<Record<string, string>> = {
  [CARD_GAMES[0]]: "NL",
  [CARD_GAMES[1]]: "EZP",
  [CARD_GAMES[2]]: "P24",
  [CARD_GAMES[3]]: "BJ",
};

export const ON_TABLE_2: PromptedRows = {
  group: "Prompting",
  rowOf: (prompting) => nameOf(prompting, "Gemini-1.5 Pro"),
  columnsOf({ environment: { id } }, scale) {
    const game = GAME_COLUMNS[id];
    if (game !== undefined) return { [game]: { measure: success, environment: CARDS } };
    if (id !== (scale === "tiny" ? "alfworld/text" : "alfworld/thor")) return {};
    const environment = scale === "tiny" ? SMALL_ALFWORLD : OFFICIAL_ALFWORLD;
    return Object.fromEntries(
      TASK_COLUMNS.map((column) => [column, { measure: successOf(taskType(column)), environment }]),
    );
  },
};

const SHOPS: EnvironmentLabel = {
  ...PHONE,
  detail: "phone/canvas, a phone drawn here; other tasks, for prompted models alone",
};
const ANDROID: EnvironmentLabel = { kind: "official", detail: "Android emulators, DigiRL's lists of tasks" };

export const ON_TABLE_1: PromptedRows = {
  group: "Prompting",
  rowOf(prompting) {
    const name = nameOf(prompting, "Gemini 1.5 Pro");
    return prompting.environment.settings.format === "appagent" ? `${name} + AppAgent` : name;
  },
  columnsOf({ environment: { id, settings } }, scale) {
    if (id !== (scale === "tiny" ? "phone/canvas" : "phone/adb")) return {};
    const column = scale === "tiny" ? `${settings.tasks}-${settings.split}` : ofTaskFile(String(settings.tasks));
    return column === null ? {} : { [column]: { measure: success, environment: scale === "tiny" ? SHOPS : ANDROID } };
  },
};

/** DigiRL's lists are called `general_test.txt` and so on. */
function ofTaskFile(file: string): string | null {
  const [, style, split] = /(general|webshopping)_(train|test)\.txt$/.exec(file) ?? [];
  return style === undefined ? null : `${style}-${split}`;
}
