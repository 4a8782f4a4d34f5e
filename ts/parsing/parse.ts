/**
 * The outcome of f^parse: a pure function from an utterance (and the observation it answers) to an action.
 * Paper, section 3: `a = f^parse(y)`.
 */
export type ParseResult<Action = unknown> = ParsedAction<Action> | InvalidUtterance<Action>;

/** An utterance that says an action. */
export interface ParsedAction<Action = unknown> {
  kind: "action";
  action: Action;
  /** One label a factor; the labels come from the environment's closed sets (`EnvironmentSpec.factors`). */
  factors: Readonly<Record<string, string>>;
  /** Characters of the utterance that decide the action. */
  span: Span;
}

/** An utterance that says no action. */
export interface InvalidUtterance<Action = unknown> {
  kind: "invalid";
  reason: InvalidReason;
  /** What is executed instead. A random fallback is drawn by the rollout from its own named stream. */
  fallback: Fallback<Action>;
}

/** Half-open range of UTF-16 code units, as `String.prototype.slice` takes it. */
export type Span = readonly [start: number, end: number];

/**
 * - `no-action-key`: the utterance has no `"action":`
 * - `no-legal-action`: no legal action occurs where the action should stand
 * - `ambiguous-action`: more than one does
 * - `no-action-decision`, `no-grounded-operation`, `no-action-line`: a phone's utterance lacks what stands before its action
 * - `not-six-fields`: what follows it are not six fields
 * - `no-action-type`, `unknown-action-type`: the first of them names no type, or none that there is
 * - `no-point`, `no-typed-text`: the action's type needs a field that cannot be read
 * - `unreadable-call`: an action's name is known, what it is called with is not
 * - `no-such-element`: no element of the screen has that number
 * - `no-plan-key`, `no-legal-plan`, `ambiguous-plan`: the same of a plan, where the action is read from one
 */
export type InvalidReason =
  | "no-action-key"
  | "no-legal-action"
  | "ambiguous-action"
  | "no-action-decision"
  | "no-grounded-operation"
  | "no-action-line"
  | "not-six-fields"
  | "no-action-type"
  | "unknown-action-type"
  | "no-point"
  | "no-typed-text"
  | "unreadable-call"
  | "no-such-element"
  | "no-plan-key"
  | "no-legal-plan"
  | "ambiguous-plan";

/** What is executed where an utterance says nothing that can be. */
export type Fallback<Action = unknown> =
  | { kind: "random"; among: readonly Action[] }
  | { kind: "fixed"; action: Action };

/** The label that every factor has beside the environment's own: the utterance parses to no action. */
export const INVALID_LABEL = "invalid";
