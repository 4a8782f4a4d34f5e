import { explained } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Reproduction } from "../reproduction.ts";
import { SHARE } from "../units.ts";
import { DOMAINS, ofDomains } from "./domains.ts";

/** Of the five bins of normalised weights, the first and the last. */
const BINS = { low: { title: "[0, 0.2), %", place: 0 }, high: { title: "[0.8, 1], %", place: 4 } } as const;
const bins = Object.entries(BINS);

function shareIn(place: number) {
  return explained(({ weights }) =>
    weights.kind === "weighed" ? (weights.spread.normalisedShares[place] ?? null) : null,
  );
}

export const figureE2: Reproduction = {
  id: "figure-e2",
  title: "Figure E.2: distribution of causal weights, normalised",
  paper: PAPER["figure-e2"],
  rows: [{ id: "CoSo", title: "CoSo, share of tokens" }],
  columns: DOMAINS.flatMap((domain) =>
    bins.map(([bin, { title }]) => ({ id: `${domain}-${bin}`, title, group: domain, unit: SHARE })),
  ),
  method: "CoSo",
  look: { kind: "explain", utterances: 256 },
  scales: ofDomains(
    Object.fromEntries(
      DOMAINS.flatMap((domain) =>
        bins.map(([bin, { place }]) => [`${domain}-${bin}`, { domain, measure: shareIn(place) }]),
      ),
    ),
    [
      "Weights are normalised within each utterance, as in the paper. Its text: over 80 % of tokens under 0.2, key tokens fewer than 10 %; where those begin it does not say.",
    ],
  ),
};
