import { defineComparison } from "../../ts/index.ts";
import phone, { algorithm } from "../phone/quickstart.ts";

const { seed: _, ...base } = phone;
const alpha = { coefficient: 0.02, schedule: "linear" } as const;

/**
 * Rows of Table 1 on the simulated phone, at the size of the embedded default: after SFT, Filtered BC, DigiRL, DigiRL with
 * the entropy of whole utterances, CoSo. Its results are named `phone/canvas`, never Android in the Wild.
 *
 * The protocol, written down before any of its runs:
 * - Settings are those of `../phone/quickstart.ts`, chosen with seed 100 and CoSo; none is tuned for a method, and α is the same
 *   for both that have one.
 * - Three seeds, each of which changes the demonstrations, the initial weights, SFT, the SCM and RL. Methods share a
 *   seed's SFT.
 * - What is reported is the final iterate's success on tasks that training never asks for, sampled: no selection, no
 *   early stop.
 */
export default defineComparison({
  name: "table1-phone",
  base,
  methods: {
    FilteredBC: {
      experiment: { entropy: { kind: "none" }, algorithm: { ...algorithm, critics: null } },
      tuned: false,
    },
    DigiRL: { experiment: { entropy: { kind: "none" } }, tuned: false },
    "DigiRL+H": { experiment: { entropy: { kind: "uniform", ...alpha } }, tuned: false },
    CoSo: { experiment: { entropy: { kind: "causal", ...alpha } }, tuned: false },
  },
  seeds: [0, 1, 2],
});
