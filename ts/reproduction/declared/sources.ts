import type { EnvironmentLabel, Measure, NotRun, RunSource, Study } from "../reproduction.ts";

/** What several declarations say alike. */

export function runs(study: Study, methods: string | readonly string[], measure: Measure): RunSource {
  return { kind: "runs", study, methods: typeof methods === "string" ? [methods] : methods, measure };
}

export function notRun(reason: string): NotRun {
  return { kind: "not run", reason };
}

/** @param file of the experiment that prompts a model on the table's environment. */
export function prompted(file: string): NotRun {
  return notRun(
    "a prompted model needs a key and costs money, and the paper's are retired; " +
      `another one: npx coso prompt ${file}, then --from its run (docs/reproducing.md)`,
  );
}

export const CARDS: EnvironmentLabel = {
  kind: "synthetic",
  detail: "RL4VLM's games by their rules, drawn here; the tiny scale asks in short prompts",
};

export const SMALL_ALFWORLD: EnvironmentLabel = {
  kind: "synthetic",
  detail: "ALFWorld's text engine on 60 generated games in small rooms, without images, those of training",
};

export const PHONE: EnvironmentLabel = {
  kind: "simulated",
  detail: "phone/canvas, a phone drawn here; two kinds of task, asked for in ways that training never does",
};

/** ALFWorld's task types by the paper's columns. */
export const TASK_TYPES = {
  Pick: "pick_and_place_simple",
  Look: "look_at_obj_in_light",
  Clean: "pick_clean_then_place_in_recep",
  Heat: "pick_heat_then_place_in_recep",
  Cool: "pick_cool_then_place_in_recep",
  Pick2: "pick_two_obj_and_place",
} as const;

type TaskColumn = keyof typeof TASK_TYPES;

export const TASK_COLUMNS = Object.keys(TASK_TYPES) as TaskColumn[];

export function taskType(column: string): string {
  return TASK_TYPES[column as TaskColumn];
}

export function labelled(columns: readonly string[], label: EnvironmentLabel): Record<string, EnvironmentLabel> {
  return Object.fromEntries(columns.map((column) => [column, label]));
}

export const TINY_SUBJECT = "a vision-language model of 0.4 to 1.0 million parameters, trained from nothing on a CPU";
export const LLAVA_SUBJECT = "LLaVA-1.6-Mistral-7B with LoRA, on one card of 80 GB";
