import { Command, Option } from "commander";
import { type Check, checkMachine } from "../doctor/checks.ts";
import type { Machine } from "../doctor/machine.ts";
import { probeMachine } from "../doctor/probe.ts";
import { CosoError } from "../errors.ts";
import { CARD_NAMES } from "../plan/cards.ts";
import { type CardChoice, chooseCard, chooseEngineCard } from "../plan/choose-card.ts";
import { type Plan, planOf } from "../plan/plan.ts";
import { planText } from "../plan/plan-text.ts";
import { loadPlanned } from "../plan/planned.ts";

const MARKS = { ok: "✔", note: "•", missing: "✖" } as const satisfies Record<Check["state"], string>;

interface DoctorFlags {
  plan?: string;
  gpu: CardChoice;
  set?: string[];
  json?: true;
}

/**
 * `coso doctor`: what is installed, what is missing, and the command that mends it; with `--plan`, what an experiment
 * needs.
 * @param probe looks at the machine
 * @param print takes the finished text
 */
export function doctorCommand(
  probe: () => Promise<Machine> = probeMachine,
  print: (text: string) => void = console.log,
): Command {
  return new Command("doctor")
    .description("Show what is installed, what is missing, and the command that mends it; or what an experiment needs.")
    .option(
      "--plan <file>",
      "memory by part and hours by phase of this experiment, or of each method of this comparison; loads nothing",
    )
    .addOption(
      new Option("--gpu <card>", "card to plan for; auto: this machine's, or an H100")
        .choices(["auto", ...CARD_NAMES])
        .default("auto"),
    )
    .option("--set <key.path=value...>", "change settings of the experiment to plan; values are JSON or text")
    .option(
      "--json",
      "print one JSON object: { ok, checks: [{ name, state, found, mend }] }, or { ok, plan }, or { ok, runs, plans }",
    )
    .addHelpText(
      "after",
      `
Examples:
  coso doctor
  coso doctor --plan experiments/gym-cards/numberline-7b.ts
  coso doctor --plan experiments/paper/table-c1.ts
  coso doctor --plan experiments/gym-cards/numberline-7b.ts --set worker.engine.ownProcess=true worker.engine.cudaDevice=1
  coso doctor --plan experiments/gym-cards/numberline-7b.ts --gpu a100-40 --set policy.path=models/my-sft sft=null`,
    )
    .action(async (options: DoctorFlags) => {
      if (options.plan !== undefined) return showPlan(options.plan, options, print);
      const checks = checkMachine(await probe());
      const missing = checks.filter(({ state }) => state === "missing");
      print(options.json ? JSON.stringify({ ok: missing.length === 0, checks }, null, 2) : table(checks));
      if (missing.length > 0) {
        throw new CosoError(`Not ready to run: ${missing.map(({ name }) => name).join(", ")}.`);
      }
    });
}

/** Fails, after it has printed, where an experiment does not fit or contradicts its files. */
async function showPlan(
  file: string,
  { gpu, set = [], json }: DoctorFlags,
  print: (text: string) => void,
): Promise<void> {
  const { experiments, runs } = await loadPlanned(file, set);
  const plans: Plan[] = [];
  for (const experiment of experiments) {
    const card = await chooseCard(gpu, experiment);
    plans.push(await planOf(experiment, card, await chooseEngineCard(gpu, experiment, card)));
  }
  const reasons = plans.flatMap((plan) => reasonsAgainst(plan).map((reason) => ({ reason, name: plan.name })));
  const [only, ...others] = plans;
  const isOne = others.length === 0 && runs === 1;
  const found = isOne ? { plan: only } : { runs, plans };
  const text = isOne ? [] : [`${plans.length} methods, ${runs} runs of each; what one run needs:`];
  print(
    json
      ? JSON.stringify({ ok: reasons.length === 0, ...found }, null, 2)
      : [...text, ...plans.map(planText)].join("\n\n\n"),
  );
  if (reasons.length > 0) {
    const told = reasons.map(({ reason, name }) => (isOne ? reason : `${name}: ${reason}`));
    throw new CosoError(`${file} cannot run as planned: ${told.join("; ")}.`);
  }
}

function reasonsAgainst({ memory, card, contradictions }: Plan): string[] {
  const { engine, peak, usable } = memory;
  return [
    ...(peak <= usable ? [] : [`it does not fit ${card.name}`]),
    ...(engine === null || engine.missing === 0 ? [] : [`its engine does not fit ${engine.card.name}`]),
    ...contradictions,
  ];
}

/** A line a check; what is missing is followed by its mend. */
function table(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = checks.flatMap((check) => [
    `${MARKS[check.state]} ${check.name.padEnd(width)}  ${check.found.replaceAll("\n", `\n${indent}`)}`,
    ...(check.state === "missing" ? [`${indent}mend: ${check.mend}`] : []),
  ]);
  return lines.join("\n");
}
