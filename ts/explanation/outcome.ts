import type { EnvironmentSpec } from "../environments/environment.ts";
import { isJsonObject } from "../parsing/json-validity.ts";
import type { InvalidReason, ParseResult, Span } from "../parsing/parse.ts";
import { actionText } from "../training/explain.ts";

/** What f^parse makes of an utterance, for a reader. */
export type Outcome =
  | {
      kind: "action";
      action: string;
      /** One a factor. */
      labels: readonly string[];
      span: Span;
    }
  | { kind: "invalid"; reason: InvalidReason };

export function outcomeOf(parse: ParseResult): Outcome {
  switch (parse.kind) {
    case "action":
      return {
        kind: "action",
        action: actionText(parse.action),
        labels: Object.values(parse.factors),
        span: parse.span,
      };
    case "invalid":
      return { kind: "invalid", reason: parse.reason };
  }
}

/** What is wrong with an utterance's format, in words; empty for none. */
export function formatErrors(utterance: string, outcome: Outcome, format?: EnvironmentSpec["format"]): string[] {
  return [
    ...(outcome.kind === "invalid" ? [outcome.reason.replaceAll("-", " ")] : []),
    ...(format === "text" || isJsonObject(utterance) ? [] : ["not valid JSON"]),
  ];
}

/** On one line. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "action":
      return `Action "${outcome.action}"`;
    case "invalid":
      return `No action: ${outcome.reason.replaceAll("-", " ")}`;
  }
}
