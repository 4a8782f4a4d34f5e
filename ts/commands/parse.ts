import { Command } from "commander";
import { z } from "zod";
import type { Environment, Observation } from "../environments/environment.ts";
import { ConfigError, messageOf } from "../errors.ts";
import type { InvalidReason, InvalidUtterance, ParsedAction, ParseResult } from "../parsing/parse.ts";
import { addEnvironmentOptions, createEnvironment, type SettingsFlags } from "./environment-options.ts";
import { linesOf, type Streams } from "./lines.ts";

interface ParseFlags extends SettingsFlags {
  json?: boolean;
}

export function parseCommand(streams: Streams = process): Command {
  return addEnvironmentOptions(new Command("parse"))
    .description("Try an environment's f^parse on utterances, a line each, from standard input.")
    .option("--json", 'JSON lines: {"utterance": …} in, the result out')
    .addHelpText("after", EXAMPLES)
    .action(async (id: string, { json = false, ...flags }: ParseFlags) => {
      const environment = await createEnvironment(id, flags);
      try {
        await parseLines(environment, streams, json);
      } finally {
        await environment.close?.();
      }
    });
}

const EXAMPLES = `
Examples:
  coso parse numberline                                   type utterances, see what they parse to
  echo '{"thoughts": "…", "action": "+"}' | coso parse numberline
  echo '{"utterance": "{\\"action\\": \\"+\\"}"}' | coso parse numberline --json

With --json each line is answered by one of
  {"kind": "action", "action": …, "factors": {…}, "span": [start, end]}   span in UTF-16 code units of the utterance
  {"kind": "invalid", "reason": "no-action-key" | "no-legal-action" | "ambiguous-action" | "no-plan-key" | …}
  {"kind": "error", "line": n, "message": …}              not a line as above; then the exit code is not 0 in the end
Where the legal actions depend on the state, they are those of the first observation of seed 0.`;

const request = z.strictObject({ utterance: z.string() });

async function parseLines(environment: Environment, { stdin, stdout }: Streams, isJson: boolean): Promise<void> {
  const observation = await environment.reset({ seed: 0 });
  if (!isJson && stdin.isTTY === true) stdout.write(`${observation.prompt}\n\nAn utterance a line; Ctrl-D ends.\n`);
  const refused: number[] = [];
  for await (const { number, text } of linesOf(stdin)) {
    if (!isJson) {
      stdout.write(`${describeResult(text, environment.parse(text, observation))}\n`);
      continue;
    }
    const answer = answerTo(text, number, environment, observation);
    if (answer.kind === "error") refused.push(number);
    stdout.write(`${JSON.stringify(answer)}\n`);
  }
  if (refused.length > 0) {
    throw new ConfigError(
      `standard input: expected {"utterance": "…"} a line, got something else in line ${refused.join(", ")}`,
    );
  }
}

type Answer =
  | ParsedAction
  | Pick<InvalidUtterance, "kind" | "reason">
  | { kind: "error"; line: number; message: string };

function answerTo(text: string, line: number, environment: Environment, observation: Observation): Answer {
  let utterance: string;
  try {
    utterance = request.parse(JSON.parse(text)).utterance;
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    return { kind: "error", line, message: `expected {"utterance": "…"}, got ${text}: ${problem}` };
  }
  const result = environment.parse(utterance, observation);
  switch (result.kind) {
    case "action":
      return result;
    case "invalid":
      return { kind: result.kind, reason: result.reason };
  }
}

const REASONS: Record<InvalidReason, string> = {
  "no-action-key": 'there is no "action":',
  "no-legal-action": "no legal action stands where the action should",
  "ambiguous-action": "more than one legal action stands where the action should",
  "no-action-decision": "there is no `Action Decision: `",
  "no-grounded-operation": "there is no `Grounded Operation:`",
  "no-action-line": "there is no `Action:`",
  "not-six-fields": "what follows `Action Decision: ` are not six fields with `, ` between them",
  "no-action-type": "the first field names no type of action",
  "unknown-action-type": "what stands there names no type of action that there is",
  "no-point": "touch or lift point are not two numbers",
  "no-typed-text": "there is no text to type",
  "unreadable-call": "the action is called with something else than it takes",
  "no-such-element": "no element of the screen has that number",
  "no-plan-key": 'there is no "plan": before the action',
  "no-legal-plan": "the plan does not say what to do",
  "ambiguous-plan": "the plan says more than one thing",
};

function describeResult(utterance: string, result: ParseResult): string {
  switch (result.kind) {
    case "action": {
      const [start, end] = result.span;
      const marked = `${utterance.slice(0, start)}»${utterance.slice(start, end)}«${utterance.slice(end)}`;
      return `action ${JSON.stringify(result.action)}, decided by characters ${start}–${end}\n  ${marked}`;
    }
    case "invalid":
      return `invalid, ${result.reason}: ${REASONS[result.reason]}\n  executed instead: ${describeFallback(result)}`;
  }
}

function describeFallback({ fallback }: InvalidUtterance): string {
  switch (fallback.kind) {
    case "random":
      return `one of ${fallback.among.map((action) => JSON.stringify(action)).join(", ")} at random`;
    case "fixed":
      return JSON.stringify(fallback.action);
  }
}
