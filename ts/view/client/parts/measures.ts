import type { StepDetail, TokenColumns } from "../../api.ts";

/** What tokens can be coloured by. */
export const MEASURES = ["weight", "entropy", "advantage", "gap"] as const;
export type Measure = (typeof MEASURES)[number];

export const MEASURE_NAMES: Record<Measure, string> = {
  weight: "causal weight",
  entropy: "entropy",
  advantage: "advantage",
  gap: "log-prob gap",
};

export const MEASURE_MEANS: Record<Measure, string> = {
  weight: "By how much P(a|y) changes without the token",
  entropy: "Of the policy at this place, over the whole vocabulary, in nats",
  advantage: "Of the step, the same for all of its tokens; blue is better than expected",
  gap: "Log-prob when sampled less log-prob in training, in nats; 0 but for rounding where both have the same policy",
};

/** Whether it can lie on either side of 0: blue above, as the opposite of what draws attention elsewhere. */
export function isSigned(measure: Measure): boolean {
  return measure === "advantage" || measure === "gap";
}

/** One number a token; null where the run does not have it. */
export function valuesOf(columns: TokenColumns, measure: Measure): readonly number[] | null {
  switch (measure) {
    case "weight":
      return columns.weights;
    case "entropy":
      return columns.entropies;
    case "gap":
      return columns.gaps;
    case "advantage": {
      const { advantage, tokens } = columns;
      return advantage === null ? null : tokens.map(() => advantage);
    }
  }
}

/** What is drawn at full strength: 1 for weights, for others the largest among `steps`. */
export function scaleOf(steps: readonly Pick<StepDetail, "tokens">[], measure: Measure): number {
  if (measure === "weight") return 1;
  const sizes = steps.flatMap(({ tokens }) => (tokens === null ? [] : (valuesOf(tokens, measure) ?? []).map(Math.abs)));
  return sizes.reduce((largest, size) => Math.max(largest, size), 0) || 1;
}

/** Why tokens cannot be coloured by `measure`; null where they can. */
export function lacks(steps: readonly Pick<StepDetail, "tokens">[], measure: Measure, method: string): string | null {
  const recorded = steps.flatMap(({ tokens }) => tokens ?? []);
  if (recorded.length === 0) return "no tokens were recorded here";
  if (recorded.some((columns) => valuesOf(columns, measure) !== null)) return null;
  if (measure === "weight") return `${method} computes no causal weights`;
  return "only steps that were learned from have one";
}

/** The measure that the address asks for if it can be had, else the first that can. */
export function presentMeasure(
  asked: string | null,
  steps: readonly Pick<StepDetail, "tokens">[],
  method: string,
): Measure | null {
  const possible = MEASURES.filter((measure) => lacks(steps, measure, method) === null);
  return possible.find((measure) => measure === asked) ?? possible[0] ?? null;
}
