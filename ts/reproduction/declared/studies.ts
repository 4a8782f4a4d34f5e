import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Requirement, Study } from "../reproduction.ts";

/** The runs that tables and figures stand on. Several stand on the same. */

const SEEDS = [0, 1, 2];

/** In the working directory, as the experiments name them. */
function folder(path: string, what: string, mend: string): Requirement {
  return { what: `${what} (${path})`, mend, isMet: () => existsSync(path) };
}

const GAMES: Requirement = {
  what: "games for ALFWorld's text worlds",
  mend: "npx coso alfworld generate --size small --split train,valid_unseen --games 60 --out alfworld (docs/alfworld.md)",
  isMet: () => existsSync(join(process.env.ALFWORLD_DATA ?? "alfworld", "json_2.1.1", "train")),
};

const OFFICIAL_GAMES: Requirement = {
  what: "ALFWorld's official games",
  mend: "let ALFWORLD_DATA name the folder that holds json_2.1.1 (docs/alfworld.md)",
  isMet: () =>
    process.env.ALFWORLD_DATA !== undefined && existsSync(join(process.env.ALFWORLD_DATA, "json_2.1.1", "train")),
};

/** Half an hour; `experiments/paper/figure4-numberline.ts` is the whole protocol, with tuning. */
export const FIGURE4_TINY: Study = { name: "figure4-tiny", file: "experiments/paper/figure4-tiny.ts" };

export const CARD_GAMES = ["numberline", "ezpoints", "points24", "blackjack"] as const;
type CardGame = (typeof CARD_GAMES)[number];

export function cardsTiny(game: CardGame): Study {
  return { name: `table2-${game}`, file: `experiments/paper/table2-${game}.ts` };
}

export function cnn(game: CardGame): Study {
  return { name: `cnn-${game}`, file: `experiments/gym-cards/${game}-cnn.ts`, methods: { CNN: [] }, seeds: SEEDS };
}

export function cards7b(game: CardGame): Study {
  return {
    name: `${game}-7b`,
    file: `experiments/gym-cards/${game}-7b.ts`,
    methods: {
      RL: ['entropy={"kind":"none"}'],
      "RL+H": ['entropy={"kind":"uniform","coefficient":1,"reduction":"mean"}'],
      CoSo: [],
    },
    seeds: SEEDS,
  };
}

export const ALFWORLD_TINY: Study = {
  name: "table2-alfworld-small",
  file: "experiments/paper/table2-alfworld.ts",
  requires: [GAMES],
};

export const ALFWORLD_THOR: Study = {
  name: "alfworld-thor-7b",
  file: "experiments/alfworld/thor-7b.ts",
  methods: { RL: ['entropy={"kind":"none"}', "scm=null"], CoSo: [] },
  seeds: SEEDS,
  requires: [
    OFFICIAL_GAMES,
    folder(
      "models/llava-alfworld-sft",
      "a checkpoint that has been through SFT on ALFWorld",
      "bring one: docs/alfworld.md",
    ),
  ],
};

export const ALFWORLD_LANGUAGE: Study = {
  name: "table-c1",
  file: "experiments/paper/table-c1.ts",
  requires: [OFFICIAL_GAMES],
};

export const PHONE_TINY: Study = { name: "table1-phone", file: "experiments/paper/table1-phone.ts" };

/** AutoUI on emulators; methods as the experiment's file has them. */
export function phones(tasks: "general" | "webshopping"): Study {
  const shop =
    tasks === "general"
      ? []
      : [
          "environment.settings.tasks=tasks/webshopping_train.txt",
          "environment.settings.horizon=20",
          "evaluation.settings.tasks=tasks/webshopping_test.txt",
        ];
  const plain = ['entropy={"kind":"none"}', "scm=null", ...shop];
  return {
    name: `autoui-${tasks}`,
    file: "experiments/phone/autoui-digirl.ts",
    methods: {
      SFT: [...plain, "iterations=0", "algorithm.mode=online"],
      FilteredBC: [...plain, "algorithm.critics=null", "algorithm.mode=online"],
      DigiRL: plain,
      "DigiRL+H": ['entropy={"kind":"uniform","coefficient":1,"reduction":"mean"}', "scm=null", ...shop],
      CoSo: shop,
    },
    seeds: SEEDS,
    requires: [
      folder("models/Auto-UI-Base", "AutoUI's weights", "bring them: docs/policies.md"),
      folder("models/blip2-opt-2.7b", "BLIP-2's weights", "bring them: docs/policies.md"),
      folder(`tasks/${tasks}_train.txt`, "DigiRL's list of tasks", "bring it: docs/phones.md"),
    ],
  };
}

/** Cost is measured where SFT has left nothing behind in the process: `offline` does it for the others. */
export const COST_TINY: Study = {
  name: "table-d1",
  file: "experiments/paper/table-d1.ts",
  always: ["offline"],
};
