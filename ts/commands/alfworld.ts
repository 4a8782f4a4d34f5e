import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { SPLITS, type Split } from "../environments/alfworld/games.ts";
import { generateGames, SIZES, type Size } from "../environments/alfworld/generation.ts";
import { progressTo } from "../progress.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger, seed } from "./option-values.ts";

interface GenerateFlags {
  split: Split[];
  games: number;
  seed: number;
  size: Size;
  out: string;
  jobs: number;
  json?: boolean;
}

export function alfworldCommand(interruption: Interruption): Command {
  const generate = new Command("generate")
    .description("Write solvable games of all six task types, in the folder form of the official data.")
    .requiredOption("--games <n>", "games of each split; task types take turns", positiveInteger)
    .requiredOption("--out <dir>", "folder for json_2.1.1 and logic, which `environment.settings.data` then names")
    .option("--split <names>", `of ${SPLITS.join(", ")}, with commas`, splits, [...SPLITS])
    .option("--seed <n>", "the same seed gives the same games", seed, 0)
    .addOption(
      new Option("--size <name>", "small: six receptacles, few objects; full: whole rooms")
        .choices(SIZES)
        .default("full"),
    )
    .option("--jobs <n>", "processes that draw and solve games", positiveInteger, availableParallelism())
    .option("--json", "print only what was written, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ split, out, json = false, ...flags }: GenerateFlags) => {
      const progress = progressTo(process.stderr);
      progress.begin("games", split.length * flags.games);
      const generated = await interruption
        .during(
          `stopped; the games in ${out} are whole, and the same command writes the others`,
          () => progress.say("stopping"),
          (signal) =>
            generateGames({
              ...flags,
              root: out,
              splits: split,
              signal,
              onGame: (written) => progress.update(written),
            }),
        )
        .finally(() => progress.end());
      const { root, written, found, meanPlan } = generated;
      const kept = found === 0 ? "" : `, ${found} kept`;
      const plans = meanPlan === null ? "" : `; a plan takes ${meanPlan.toFixed(1)} commands`;
      process.stdout.write(
        json ? `${JSON.stringify(generated, null, 2)}\n` : `${root}: ${written} games written${kept}${plans}\n`,
      );
    });
  return new Command("alfworld").description("Games for the ALFWorld environments.").addCommand(generate);
}

const EXAMPLES = `
Examples:
  coso alfworld generate --games 60 --size small --out alfworld
  coso alfworld generate --split train,valid_unseen --games 600 --seed 1 --out alfworld-full
  coso play alfworld/text --data alfworld --policy expert --episodes 6

Rooms of valid_unseen are in no other split. Each game was won by the planner before it was written.`;

function splits(text: string): Split[] {
  return text.split(",").map((name) => {
    const split = SPLITS.find((each) => each === name.trim());
    if (split === undefined) throw new InvalidArgumentError(`Expected names of ${SPLITS.join(", ")}, got "${name}".`);
    return split;
  });
}
