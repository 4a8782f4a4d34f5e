import { success, successAt } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Ours, Reproduction, Source } from "../reproduction.ts";
import { PERCENT } from "../units.ts";
import { ON_TABLE_1 } from "./prompting.ts";
import { labelled, notRun, PHONE, prompted, runs, TINY_SUBJECT } from "./sources.ts";
import { PHONE_TINY, phones } from "./studies.ts";

const CELLS = ["general-train", "general-test", "webshopping-train", "webshopping-test"];
const PROMPTING = ["Gemini 1.5 Pro", "GPT-4V", "Gemini 1.5 Pro + AppAgent", "GPT-4V + AppAgent"];
const METHODS: Readonly<Record<string, string>> = {
  "Online Filtered BC": "FilteredBC",
  DigiRL: "DigiRL",
  CoSo: "CoSo",
};

function unavailable(row: string): Source | undefined {
  if (PROMPTING.includes(row)) {
    return prompted(`experiments/phone/prompting-${row.endsWith("AppAgent") ? "appagent" : "openai"}.ts`);
  }
  return row === "CogAgent" ? notRun("no experiment loads CogAgent-18B") : undefined;
}

const tiny: Ours = {
  subject: TINY_SUBJECT,
  standsIn: { "AutoUI + SFT": "after SFT", DigiRL: "DigiRL's algorithm" },
  environments: labelled(["general-test"], PHONE),
  cell(row, column) {
    const missing = unavailable(row);
    if (missing !== undefined) return missing;
    if (column === "general-train") {
      return notRun("tasks of training are not reported; of one run: npx coso eval RUN --set split=train");
    }
    if (column !== "general-test") return notRun("no experiment of this size plays the simulated phone's shops");
    const method = METHODS[row];
    if (method !== undefined) return runs(PHONE_TINY, method, success);
    return runs(PHONE_TINY, ["CoSo", "DigiRL", "FilteredBC"], successAt("after SFT"));
  },
  notes: [
    "phone/canvas is no Android and its tasks are not Android in the Wild's: figures do not compare with the paper's.",
  ],
};

const paper: Ours = {
  subject: "AutoUI-Base on Android emulators",
  environments: labelled(["general-test", "webshopping-test"], {
    kind: "official",
    detail: "Android emulators, DigiRL's lists of tasks, another judge than the paper's, which is retired",
  }),
  cell(row, column) {
    const missing = unavailable(row);
    if (missing !== undefined) return missing;
    const [tasks, split] = column.split("-");
    if (split === "train") {
      return notRun(
        "tasks of training are not reported; of one run: npx coso eval RUN --set tasks=tasks/general_train.txt",
      );
    }
    return runs(phones(tasks === "general" ? "general" : "webshopping"), METHODS[row] ?? "SFT", success);
  },
  notes: ["Never run: what it needs is in experiments/phone/autoui-digirl.ts."],
};

export const table1: Reproduction = {
  id: "table1",
  title: "Table 1: success on AitW",
  paper: PAPER.table1,
  rows: [
    ...PROMPTING.map((id) => ({ id, title: id, group: "Prompting" })),
    ...["CogAgent", "AutoUI + SFT", "Online Filtered BC", "DigiRL", "CoSo"].map((id) => ({
      id,
      title: id,
      group: "Learning",
    })),
  ],
  columns: [
    { id: "general-train", title: "Train", group: "AitW General", unit: PERCENT },
    { id: "general-test", title: "Test", group: "AitW General", unit: PERCENT },
    { id: "webshopping-train", title: "Train", group: "AitW WebShopping", unit: PERCENT },
    { id: "webshopping-test", title: "Test", group: "AitW WebShopping", unit: PERCENT },
    { id: "average", title: "Avg.", group: "Both", unit: PERCENT, average: { of: CELLS, weights: "equal" } },
  ],
  method: "CoSo",
  prompted: ON_TABLE_1,
  scales: { tiny, paper },
};
