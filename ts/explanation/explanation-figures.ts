import { encodePng } from "../png.ts";
import type { Figure } from "../report/figures/chart.ts";
import type { Drawing } from "../report/figures/drawing.ts";
import { tokenMap } from "../report/figures/token-map.ts";
import { weightSharesFigure } from "../report/figures/weight-shares.ts";
import type { RunExplanation, WeighedUtterance } from "./explain-run.ts";
import { outcomeText } from "./outcome.ts";
import { weightsName } from "./tables.ts";

/** Figure E.2: weights as they are, and normalised as the paper has them. `prefix` keeps runs apart. */
export function spreadFigures(run: RunExplanation, prefix: string): { raw: Figure; normalised: Figure } {
  const { weights, exact } = run;
  const spreads = [
    ...(weights.kind === "weighed"
      ? [{ name: weightsName(run), look: "filled", spread: weights.spread } as const]
      : []),
    { name: "exact", look: "hollow", spread: exact.spread } as const,
  ];
  return {
    raw: weightSharesFigure(
      { id: `${prefix}weights`, title: "Distribution of causal weights" },
      spreads.map(({ spread, ...method }) => ({ ...method, shares: spread.shares })),
    ),
    normalised: weightSharesFigure(
      { id: `${prefix}weights-normalised`, title: "Distribution of causal weights, normalised" },
      spreads.map(({ spread, ...method }) => ({ ...method, shares: spread.normalisedShares })),
    ),
  };
}

/** Figure E.1 as a picture. */
export function heatMapDrawing(run: RunExplanation, utterances: readonly WeighedUtterance[], prefix: string): Drawing {
  const ownName = weightsName(run);
  return tokenMap(
    { id: `${prefix}heat-maps`, title: `Causal weights of utterances, ${run.environment}, ${run.method}` },
    utterances.map(({ image, outcome, tokens }) => ({
      heading: outcomeText(outcome),
      image: image && Buffer.from(encodePng(image)),
      rows: [
        ...(run.weights.kind === "weighed"
          ? [{ label: ownName, tokens: tokens.map(({ text, weight }) => ({ text, value: weight ?? 0 })) }]
          : []),
        { label: "exact", tokens: tokens.map(({ text, exact }) => ({ text, value: exact })) },
      ],
    })),
  );
}
