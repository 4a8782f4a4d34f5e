import type { EnvironmentLabel, Measure, Ours, RunSource } from "../reproduction.ts";
import { CARDS, LLAVA_SUBJECT, PHONE, runs, SMALL_ALFWORLD, TINY_SUBJECT } from "./sources.ts";
import { ALFWORLD_THOR, ALFWORLD_TINY, cards7b, FIGURE4_TINY, PHONE_TINY, phones } from "./studies.ts";

/** The three domains of Figures E.1 and E.2, of which each shows what CoSo's weights say. */
export const DOMAINS = ["AitW", "Gym Cards", "ALFWorld"] as const;
type Domain = (typeof DOMAINS)[number];

const TINY = { AitW: PHONE_TINY, "Gym Cards": FIGURE4_TINY, ALFWorld: ALFWORLD_TINY } as const;
const TINY_LABELS: Readonly<Record<Domain, EnvironmentLabel>> = {
  AitW: PHONE,
  "Gym Cards": { ...CARDS, detail: `NumberLine; ${CARDS.detail}` },
  ALFWorld: SMALL_ALFWORLD,
};
const PAPER_STUDIES = { AitW: phones("general"), "Gym Cards": cards7b("numberline"), ALFWorld: ALFWORLD_THOR } as const;
const PAPER_LABELS: Readonly<Record<Domain, EnvironmentLabel>> = {
  AitW: { kind: "official", detail: "Android emulators, DigiRL's lists of tasks" },
  "Gym Cards": CARDS,
  ALFWorld: { kind: "official", detail: "AI2-THOR with the official games" },
};

/** @param columns Each domain's, with what it measures. */
export function ofDomains(
  columns: Readonly<Record<string, { readonly domain: Domain; readonly measure: Measure }>>,
  notes: readonly string[],
): { tiny: Ours; paper: Ours } {
  const scale = (subject: string, studies: typeof TINY | typeof PAPER_STUDIES, labels: typeof TINY_LABELS): Ours => ({
    subject,
    environments: Object.fromEntries(Object.entries(columns).map(([id, { domain }]) => [id, labels[domain]])),
    cell(_row, column): RunSource {
      const { domain, measure } = columns[column] ?? { domain: "AitW", measure: () => null };
      return runs(studies[domain], "CoSo", measure);
    },
    notes,
  });
  return {
    tiny: scale(TINY_SUBJECT, TINY, TINY_LABELS),
    paper: scale(`AutoUI-Base; ${LLAVA_SUBJECT}`, PAPER_STUDIES, PAPER_LABELS),
  };
}
