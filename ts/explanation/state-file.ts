import { readFile } from "node:fs/promises";
import { z } from "zod";
import { describeIssues } from "../config/issues.ts";
import type { Environment, JsonValue, Observation } from "../environments/environment.ts";
import { ConfigError, EnvironmentError, messageOf } from "../errors.ts";
import type { LoadedRun } from "../loaded-run.ts";
import { createEnvironment } from "../training/training.ts";

/** A state to look at a policy in: the start of an episode, or what `Environment.state` gave in its middle. */
export type ChosenState =
  | { kind: "reset"; seed: number; options: Readonly<Record<string, unknown>> }
  | { kind: "state"; state: JsonValue };

const schema = z.strictObject({
  reset: z
    .strictObject({
      seed: z.int().min(0).max(0xffff_ffff).default(0),
      options: z.record(z.string(), z.json()).default({}),
    })
    .nullable()
    .default(null),
  state: z.json().default(null),
});

const shape = '{"reset": {"seed": 0, "options": {…}}} or {"state": what Environment.state gave}';

/** @throws ConfigError naming the file, the field, what was expected and what came. */
export async function readStateFile(file: string): Promise<ChosenState> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`--state ${file}: cannot be read (${messageOf(cause)}); expected a file with ${shape}`, {
      cause,
    });
  }
  return chosenState(text, file);
}

/** @param file What messages call the text. */
export function chosenState(text: string, file: string): ChosenState {
  const wrong = (problem: string): ConfigError => new ConfigError(`--state ${file}: ${problem}; expected ${shape}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(`no JSON (${messageOf(cause)})`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw wrong(`got ${text.trim().slice(0, 60)}`);
  const parsed = schema.safeParse(json, { reportInput: true });
  if (!parsed.success) throw wrong(describeIssues(schema, json, parsed.error).join("; "));
  const { reset, state } = parsed.data;
  if (reset !== null && state !== null) throw wrong("got both reset and state");
  if (reset !== null) return { kind: "reset", ...reset };
  if (state !== null) return { kind: "state", state };
  throw wrong("got neither reset nor state");
}

/**
 * What a run's agent sees in that state.
 * @throws ConfigError when the run's environment cannot be in it.
 */
export async function observationIn(
  run: Pick<LoadedRun, "definition" | "experiment">,
  chosen: ChosenState,
  file: string,
): Promise<Observation> {
  const environment = createEnvironment(run);
  try {
    return await enter(environment, chosen);
  } catch (cause) {
    if (cause instanceof EnvironmentError) throw new ConfigError(`--state ${file}: ${cause.message}`, { cause });
    throw cause;
  } finally {
    await environment.close?.();
  }
}

function enter(environment: Environment, chosen: ChosenState): Promise<Observation> {
  switch (chosen.kind) {
    case "reset":
      return environment.reset({ seed: chosen.seed, options: chosen.options });
    case "state":
      return environment.restore(chosen.state);
  }
}
