import { explained } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Reproduction } from "../reproduction.ts";
import { SCORE } from "../units.ts";
import { DOMAINS, ofDomains } from "./domains.ts";

/** How often a token that f^parse cannot do without outweighs one that it can. */
const ranking = explained(({ weights }) =>
  weights.kind === "weighed" ? (weights.agreement.auc?.value ?? null) : null,
);

export const figureE1: Reproduction = {
  id: "figure-e1",
  title: "Figure E.1: causal weights, token by token",
  paper: PAPER["figure-e1"],
  rows: [{ id: "CoSo", title: "CoSo, ROC-AUC against f^parse" }],
  columns: DOMAINS.map((id) => ({ id, title: id, unit: SCORE })),
  method: "CoSo",
  look: { kind: "explain", utterances: 256 },
  scales: ofDomains(Object.fromEntries(DOMAINS.map((domain) => [domain, { domain, measure: ranking }])), [
    "The paper shows pictures, and so do the pages below. The number is ours: 1 where every token that f^parse cannot do without outweighs all others.",
  ]),
};
