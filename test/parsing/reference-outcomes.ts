import { fileURLToPath } from "node:url";
import { execaSync } from "execa";
import type { ParseResult } from "../../ts/parsing/parse.ts";
import type { PhoneAction } from "../../ts/parsing/phone-action.ts";
import { pythonCommand } from "../../ts/processes/python-command.ts";

/** What a Python script beside this file makes of utterances, one outcome each: an action's type and what belongs to it. */
export function referenceOutcomes(script: string, utterances: readonly string[]): unknown[] {
  const [python = "python3"] = pythonCommand();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = execaSync(python, [path], { input: utterances.map((each) => JSON.stringify(each)).join("\n") });
  return stdout.split("\n").map((line) => JSON.parse(line) as unknown);
}

/** What f^parse has executed, in the same form. */
export function executedOutcome(parse: ParseResult<PhoneAction>): unknown[] {
  return outcome(executed(parse));
}

function executed(parse: ParseResult<PhoneAction>): PhoneAction {
  if (parse.kind === "action") return parse.action;
  if (parse.fallback.kind === "random") throw new Error("phones fall back on one action");
  return parse.fallback.action;
}

function outcome(action: PhoneAction): unknown[] {
  switch (action.type) {
    case "DUAL_POINT":
      return [action.type, [action.touch.y, action.touch.x], [action.lift.y, action.lift.x]];
    case "TYPE":
      return [action.type, action.text];
    default:
      return [action.type];
  }
}
