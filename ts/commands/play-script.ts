import type { Readable, Writable } from "node:stream";
import { z } from "zod";
import type { Environment } from "../environments/environment.ts";
import { hasSucceeded } from "../episode.ts";
import { ConfigError, EnvironmentError, messageOf } from "../errors.ts";
import type { FrameFolder } from "./frame-folder.ts";
import { linesOf, type NumberedLine } from "./lines.ts";

const scriptedEpisode = z.strictObject({
  seed: z.int().min(0).max(0xffff_ffff).default(0),
  options: z.record(z.string(), z.unknown()).default({}),
  actions: z.array(z.unknown()),
});
type ScriptedEpisode = z.output<typeof scriptedEpisode>;

interface PlayedEpisode {
  seed: number;
  options: Readonly<Record<string, unknown>>;
  steps: { action: unknown; reward: number; terminated: boolean; truncated: boolean }[];
  return: number;
  /** Null while the episode is not over. */
  success: boolean | null;
}

interface LineError {
  kind: "error";
  line: number;
  message: string;
}

type Answer = PlayedEpisode | LineError | (LineError & { actionIndex: number } & PlayedEpisode);

/**
 * Plays each line of a script and writes a line for it.
 * @throws ConfigError in the end, when some lines could not be played.
 */
export async function playScript(
  environment: Environment,
  script: Readable,
  stdout: Writable,
  { isJson, frames }: { isJson: boolean; frames: FrameFolder | undefined },
): Promise<void> {
  const failed: number[] = [];
  for await (const line of linesOf(script)) {
    const answer = await playLine(environment, line, frames);
    if ("kind" in answer) failed.push(line.number);
    stdout.write(`${isJson ? JSON.stringify(answer) : describeAnswer(answer)}\n`);
  }
  if (failed.length > 0) {
    throw new ConfigError(`script: line ${failed.join(", ")} could not be played to the end; the output says why`);
  }
}

async function playLine(
  environment: Environment,
  { number: line, text }: NumberedLine,
  frames: FrameFolder | undefined,
): Promise<Answer> {
  let episode: ScriptedEpisode;
  try {
    episode = scriptedEpisode.parse(JSON.parse(text));
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    return { kind: "error", line, message: `expected {"seed", "options", "actions"}, got ${text}: ${problem}` };
  }
  const { seed, options, actions } = episode;
  const played: PlayedEpisode = { seed, options, steps: [], return: 0, success: null };
  let actionIndex: number | undefined;
  try {
    const first = await environment.reset({ seed, options });
    await frames?.save(`line${line}-step0`, first);
    for (const [index, action] of actions.entries()) {
      actionIndex = index;
      const { observation, reward, terminated, truncated, success, fault } = await environment.step(action);
      played.steps.push({ action, reward, terminated, truncated });
      played.return += reward;
      if (terminated || truncated) played.success = hasSucceeded(success, played.return);
      await frames?.save(`line${line}-step${index + 1}`, observation);
      if (fault !== undefined) throw new EnvironmentError(`broke down: ${fault}`);
    }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    const failure: LineError = { kind: "error", line, message: error.message };
    return actionIndex === undefined ? failure : { ...failure, actionIndex, ...played };
  }
  return played;
}

function describeAnswer(answer: Answer): string {
  const lines: string[] = [];
  if ("steps" in answer) {
    lines.push(`seed ${answer.seed} ${JSON.stringify(answer.options)}`);
    for (const { action, reward } of answer.steps) lines.push(`  ${JSON.stringify(action)}  reward ${reward}`);
    lines.push(`  ${endingOf(answer)} after ${answer.steps.length} steps, return ${answer.return}${verdictOf(answer)}`);
  }
  if ("kind" in answer) {
    const where = "actionIndex" in answer ? `, action ${answer.actionIndex}` : "";
    lines.push(`error in line ${answer.line}${where}: ${answer.message}`);
  }
  return lines.join("\n");
}

function endingOf({ steps }: PlayedEpisode): string {
  const last = steps.at(-1);
  if (last?.terminated === true) return "terminated";
  return last?.truncated === true ? "truncated" : "not over";
}

function verdictOf({ success }: PlayedEpisode): string {
  if (success === null) return "";
  return success ? ", success" : ", no success";
}
