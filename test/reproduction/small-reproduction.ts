import { explained, success, successAt } from "../../ts/reproduction/measures.ts";
import type { Column, Ours, Reproduction, Row, Source, Study } from "../../ts/reproduction/reproduction.ts";
import { PERCENT, SCORE } from "../../ts/reproduction/units.ts";

export const STUDY: Study = { name: "small-study", file: "test/reproduction/small-study.ts" };

const cell = (row: string): Source => {
  if (row === "Prompted") return { kind: "not run", reason: "needs a key" };
  if (row === "SFT") return { kind: "runs", study: STUDY, methods: ["CoSo", "RL"], measure: successAt("after SFT") };
  return { kind: "runs", study: STUDY, methods: [row], measure: success };
};
const rows: Row[] = ["Prompted", "SFT", "RL", "CoSo"].map((id) => ({ id, title: id }));
const columns: Column[] = [
  { id: "NL", title: "NL", unit: PERCENT },
  { id: "average", title: "Avg.", unit: PERCENT, average: { of: ["NL"], weights: "equal" } },
];

/** Four rows of which one cannot be run, one column and its average. */
export function smallReproduction(changes: Partial<Ours> = {}): Reproduction {
  const tiny: Ours = {
    subject: "no model at all",
    standsIn: { SFT: "after SFT" },
    environments: { NL: { kind: "synthetic", detail: "NumberLine" } },
    cell,
    notes: ["A note."],
    ...changes,
  };
  return {
    id: "table2",
    title: "A small table",
    paper: {
      source: "nowhere",
      columns: ["NL", "average"],
      rows: { Prompted: [82.5, 82.5], SFT: [24.8, 24.8], RL: [[88.4, 1.5], 88.4], CoSo: [100, 100] },
    },
    rows,
    columns,
    method: "CoSo",
    curves: ["NL"],
    scales: { tiny, paper: tiny },
  };
}

/** One number that takes a look at CoSo's runs. */
export function smallLook(): Reproduction {
  const auc = explained(({ weights }) => (weights.kind === "weighed" ? (weights.agreement.auc?.value ?? null) : null));
  const small = smallReproduction({
    cell: () => ({ kind: "runs", study: STUDY, methods: ["CoSo"], measure: auc }),
  });
  return {
    ...small,
    id: "figure-e1",
    rows: [{ id: "CoSo", title: "CoSo" }],
    columns: [{ id: "NL", title: "NL", unit: SCORE }],
    paper: { source: "nowhere", columns: ["NL"], rows: { CoSo: [null] } },
    look: { kind: "explain", utterances: 6 },
  };
}
