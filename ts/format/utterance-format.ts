import type { Environment } from "../environments/environment.ts";
import { isJsonObject } from "../parsing/json-validity.ts";
import { actionText } from "../training/explain.ts";

/** What utterances have in common; shares are of all utterances, in [0, 1]. */
export interface UtteranceFormat {
  readonly utterances: number;
  /** Whether the whole utterance is one JSON object. */
  readonly validJson: number;
  /** Key sequences of those that are, the commonest first, with their shares of the valid ones. */
  readonly keyOrders: readonly { readonly keys: readonly string[]; readonly share: number }[];
  readonly lineBreaks: number;
  /** Whether f^parse reads an action. */
  readonly parsed: number;
  /** The commonest first, with shares of the parsed ones. */
  readonly actions: readonly { readonly action: string; readonly share: number }[];
  /** Labels of each of the environment's factors that no utterance has. */
  readonly unseenLabels: Readonly<Record<string, readonly string[]>>;
  /** Why f^parse read none, with shares of all. */
  readonly invalidReasons: readonly { readonly reason: string; readonly share: number }[];
}

/** `spoken`: prompts and what was said to them. */
export function utteranceFormat(
  spoken: readonly { prompt: string; utterance: string }[],
  environment: Pick<Environment, "parse" | "spec">,
): UtteranceFormat {
  const orders = new Tally();
  const actions = new Tally();
  const reasons = new Tally();
  const seen = new Map(environment.spec.factors.map(({ name }) => [name, new Set<string>()]));
  let numWithBreaks = 0;
  for (const { prompt, utterance } of spoken) {
    if (isJsonObject(utterance)) orders.add(JSON.stringify(Object.keys(JSON.parse(utterance))));
    if (utterance.includes("\n")) numWithBreaks += 1;
    const parse = environment.parse(utterance, { prompt });
    switch (parse.kind) {
      case "action":
        actions.add(actionText(parse.action));
        for (const [name, label] of Object.entries(parse.factors)) seen.get(name)?.add(label);
        break;
      case "invalid":
        reasons.add(parse.reason);
        break;
    }
  }
  const total = Math.max(1, spoken.length);
  return {
    utterances: spoken.length,
    validJson: orders.total / total,
    keyOrders: orders.shares(orders.total).map(([keys, share]) => ({ keys: JSON.parse(keys) as string[], share })),
    lineBreaks: numWithBreaks / total,
    parsed: actions.total / total,
    actions: actions.shares(actions.total).map(([action, share]) => ({ action, share })),
    unseenLabels: Object.fromEntries(
      environment.spec.factors.map(({ name, labels }) => [name, labels.filter((label) => !seen.get(name)?.has(label))]),
    ),
    invalidReasons: reasons.shares(spoken.length).map(([reason, share]) => ({ reason, share })),
  };
}

class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(key: string): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.total += 1;
  }

  /** The commonest first. */
  shares(of: number): [key: string, share: number][] {
    return [...this.#counts].sort(([, one], [, other]) => other - one).map(([key, count]) => [key, count / of]);
  }
}
