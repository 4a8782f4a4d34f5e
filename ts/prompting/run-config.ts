import { rmSync } from "node:fs";
import { RunFolderError } from "../errors.ts";
import { codeRevision, ownVersions } from "../runs/code-revision.ts";
import { differences } from "../runs/differences.ts";
import { recordedModule } from "../runs/environment-module.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { definePrompting, type Prompting, type PromptingInput } from "./definition.ts";

/** How reports name the method. */
export function promptingMethod({ endpoint }: Prompting): string {
  return `prompting (${endpoint.model})`;
}

/**
 * Begins the folder's run, or opens the one that it holds to go on with it.
 *
 * What decides no answer may be changed on the way: prices, budget, pace, the key's variable, where answers are kept.
 * The number of episodes may too, since the first of more episodes are the same.
 * @returns whether just this run has finished here already, so that there is nothing to do.
 * @throws RunFolderError when the folder holds another run.
 */
export async function openPromptingRun(run: RunFolder, prompting: Prompting): Promise<"finished" | "open"> {
  if (run.wasBegun()) {
    const before = readPrompting(run);
    requireSame(run, before, prompting);
    if (run.isFinished() && differences(before, asJson(prompting)).length === 0) return "finished";
    // Until the new one is there, nobody shall take the old for it.
    rmSync(run.path("summary.json"), { force: true });
  }
  run.writeConfig({
    method: promptingMethod(prompting),
    experiment: prompting,
    revision: await codeRevision(),
    versions: ownVersions(),
    ...recordedModule(run, prompting.environment.id),
  });
  return "open";
}

function readPrompting(run: RunFolder): Prompting {
  const saved: unknown = run.readConfig().experiment;
  try {
    return definePrompting(saved as PromptingInput);
  } catch (cause) {
    throw new RunFolderError(`${run.directory}: holds a run that is no prompting; choose another folder with --out`, {
      cause,
    });
  }
}

function requireSame(run: RunFolder, before: Prompting, present: Prompting): void {
  const changed = differences(decidingPrompt(before), decidingPrompt(present));
  if (changed.length === 0) return;
  throw new RunFolderError(
    `${run.directory}: the run was begun with other settings and cannot go on with these:\n` +
      `${changed.map((line) => `  ${line}`).join("\n")}\n` +
      "Take the changes back, or start a new run with --out",
  );
}

/** The part of the settings that an answer, or the use made of it, hangs on. */
export function decidingPrompt({ name, seed, environment, endpoint, sampling, evaluation }: Prompting): object {
  const { keyVariable: _, ...asked } = endpoint;
  const { environments } = evaluation;
  return asJson({ name, seed, environment, endpoint: asked, sampling, environments });
}

/** As it is read again: without what JSON leaves out. */
function asJson(value: object): object {
  return JSON.parse(JSON.stringify(value));
}
