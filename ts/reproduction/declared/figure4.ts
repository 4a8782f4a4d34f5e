import { success } from "../measures.ts";
import { PAPER } from "../paper.ts";
import type { Reproduction, Study } from "../reproduction.ts";
import { PERCENT } from "../units.ts";
import { CARDS, PHONE, runs } from "./sources.ts";
import { cards7b, FIGURE4_TINY, PHONE_TINY, phones } from "./studies.ts";

const ON_PPO: Readonly<Record<string, string>> = { RL: "RL", "RL + H": "RL+H", CoSo: "CoSo" };
const ON_AWR: Readonly<Record<string, string>> = { RL: "DigiRL", "RL + H": "DigiRL+H", CoSo: "CoSo" };

function cellOf(shops: Study, numberLine: Study) {
  return (row: string, column: string) => {
    if (column === "NumberLine") return runs(numberLine, ON_PPO[row] ?? row, success);
    return { ...runs(shops, ON_AWR[row] ?? row, success), borrowedFrom: "table1" } as const;
  };
}

export const figure4: Reproduction = {
  id: "figure4",
  title: "Figure 4: RL, RL + H and CoSo",
  paper: PAPER.figure4,
  rows: Object.keys(ON_PPO).map((id) => ({ id, title: id })),
  columns: ["WebShopping", "NumberLine"].map((id) => ({ id, title: id, unit: PERCENT })),
  method: "CoSo",
  curves: ["WebShopping", "NumberLine"],
  scales: {
    tiny: {
      subject: "a vision-language model of 0.4 (NumberLine) or 1.0 million parameters, trained from nothing on a CPU",
      environments: { WebShopping: PHONE, NumberLine: CARDS },
      cell: cellOf(PHONE_TINY, FIGURE4_TINY),
      notes: [
        "NumberLine: α is 0.02 for both, fixed as in Table 2 and tuned on nothing. With tuning on seeds of its own and ten fresh seeds: " +
          "npx coso compare experiments/paper/figure4-numberline.ts.",
        "WebShopping: the simulated phone's runs of Table 1, which has other tasks than shopping. Curves are not smoothed.",
      ],
    },
    paper: {
      subject: "AutoUI-Base and LLaVA-1.6-Mistral-7B",
      environments: {
        WebShopping: { kind: "official", detail: "Android emulators, DigiRL's lists of tasks" },
        NumberLine: CARDS,
      },
      cell: cellOf(phones("webshopping"), cards7b("numberline")),
      notes: [],
    },
  },
};
