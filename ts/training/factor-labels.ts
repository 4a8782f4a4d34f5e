import type { ActionFactor } from "../environments/environment.ts";
import { EnvironmentError } from "../errors.ts";
import { INVALID_LABEL, type ParseResult } from "../parsing/parse.ts";
import type { Tensor } from "../protocol/messages/scalars.ts";
import { int32Tensor } from "../protocol/tensor.ts";

/** The closed label sets as the worker knows them: the environment's labels, then `invalid`. */
export function factorsWithInvalid(factors: readonly ActionFactor[]): { name: string; labels: string[] }[] {
  return factors.map(({ name, labels }) => ({ name, labels: [...labels, INVALID_LABEL] }));
}

/**
 * int32 [N, F]: for each utterance and factor the index of its label. An utterance that parses to no action is labelled
 * `invalid` throughout, never with the fallback action, which it did not cause.
 * @throws EnvironmentError when a parser names a label outside the factor's closed set.
 */
export function labelTensor(factors: readonly ActionFactor[], parses: readonly ParseResult[]): Tensor {
  const labels = parses.flatMap((parse) => factors.map((factor) => labelIndex(factor, parse)));
  return int32Tensor(labels, [parses.length, factors.length]);
}

/** Equal for utterances whose labels are equal, so that it tells whether an action changed as far as an SCM can know. */
export function actionKey(parse: ParseResult): string {
  return parse.kind === "invalid" ? INVALID_LABEL : JSON.stringify(Object.entries(parse.factors).sort());
}

function labelIndex({ name, labels }: ActionFactor, parse: ParseResult): number {
  if (parse.kind === "invalid") return labels.length;
  const label = parse.factors[name];
  const index = label === undefined ? -1 : labels.indexOf(label);
  if (index >= 0) return index;
  throw new EnvironmentError(
    `factor \`${name}\`: expected one of ${labels.join(", ")}, as the environment's spec has it, parsed ${label}`,
  );
}
