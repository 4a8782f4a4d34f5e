import { join } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../errors.ts";
import { explainRuns, type LookOptions } from "../explanation/explain-runs.ts";
import { sampleAtState } from "../explanation/sample-at-state.ts";
import { samplingTables } from "../explanation/sampling-tables.ts";
import { explanationTables } from "../explanation/tables.ts";
import { writeExplanation } from "../explanation/write-explanation.ts";
import { writeSamples } from "../explanation/write-samples.ts";
import { type Progress, progressTo } from "../progress.ts";
import { tableText } from "../report/terminal.ts";
import type { StartWorker } from "../training/open.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger, positiveNumber, seed } from "./option-values.ts";

interface ExplainFlags {
  checkpoint: string;
  episodes?: number;
  utterances?: number;
  window: number;
  delete?: boolean;
  sampled: number;
  state?: string;
  samples?: number;
  temperature?: number;
  seed?: number;
  out?: string;
  json?: boolean;
}

/** What was found, as JSON and for a person, and where it was written. */
interface Found {
  json: object;
  text: string;
  written: readonly string[];
}

const defaultUtterances = 256;
const defaultSamples = 10;

/** @param parts Stand-ins for the Python worker and for progress on the terminal. */
export function explainCommand(
  interruption: Interruption,
  { startWorker, progress: shown }: { startWorker?: StartWorker; progress?: Progress } = {},
): Command {
  const command = new Command("explain")
    .description("Hold a run's causal weights against f^parse itself, or sample policies again and again at one state.")
    .argument("<runs...>", "run folders")
    .option("--checkpoint <name>", "folder within each run's checkpoints/", "final")
    .option(
      "--utterances <n>",
      `how many to sample from fresh episodes (default: ${defaultUtterances})`,
      positiveInteger,
    )
    .option("--episodes <n>", "sample all utterances of so many episodes instead", positiveInteger)
    .option("--delete", "exact weights: replace a token by nothing, too")
    .option("--sampled <n>", "exact weights: replace it by so many draws of the policy, too", positiveInteger, 0)
    .option("--window <n>", "exact weights: tokens replaced together", positiveInteger, 1)
    .option("--state <file>", "sample all runs at one state instead: JSON, see below")
    .option("--samples <n>", `with --state: utterances of each run (default: ${defaultSamples})`, positiveInteger)
    .option("--temperature <t>", "sample at this instead of each run's own, to see rarer outcomes", positiveNumber)
    .option("--seed <n>", "decides episodes and utterances (default: each run's own; with --state: 0)", seed)
    .option("--out <dir>", "where to write (default: <run>/explanation or <run>/samples, without <run>/ for several)")
    .option("--json", "print only the result and the paths, as JSON")
    .addHelpText("after", EXAMPLES);
  return command.action(async (directories: string[], flags: ExplainFlags) => {
    requireFitting(flags);
    const progress = shown ?? progressTo(process.stderr);
    const found = await interruption.during(
      "stopped; nothing was written",
      () => progress.say("stopping"),
      (signal) => {
        const { checkpoint, temperature } = flags;
        const options = { checkpoint, temperature, startWorker, progress, signal };
        return flags.state === undefined
          ? explained(directories, flags, options)
          : sampled(directories, flags.state, flags, options);
      },
    );
    const { json, text, written } = found;
    const { writeOut } = command.configureOutput();
    writeOut?.(
      flags.json === true
        ? `${JSON.stringify({ ...json, written }, null, 2)}\n`
        : `${text}\n\npage: ${written[0] ?? ""}\n`,
    );
  });
}

const EXAMPLES = `
Examples:
  coso explain runs/quickstart-seed0
  coso explain runs/quickstart-seed0 --episodes 500 --delete --sampled 4 --json
  coso explain runs/coso-numberline runs/coso-elevator --out explanation
  coso explain runs/rl runs/rl-h runs/coso --state state.json --samples 10

Without --state it writes how right the SCM is (accuracy, calibration), how its weights order tokens against exact
ones (ROC-AUC, rank correlation), how weights are spread, and heat maps. Runs without an SCM get exact weights only.

With --state it writes what each policy says at that state: distinct actions, format errors, and the entropy of the
action against that of the utterance. FILE is one of
  {"reset": {"seed": 0, "options": {"current": 4, "target": 1}}}    options as coso play has them
  {"state": {"current": 4, "target": 1, "steps": 2}}                what the environment's state() gives`;

/** @throws ConfigError for options that do not go together. */
function requireFitting({ state, samples, episodes, utterances }: ExplainFlags): void {
  if (episodes !== undefined && utterances !== undefined) {
    throw new ConfigError("explain: --episodes and --utterances both say how much to sample; give one of them");
  }
  if (state === undefined && samples !== undefined) {
    throw new ConfigError("explain: --samples goes with --state FILE; without it, give --utterances or --episodes");
  }
  if (state !== undefined && (episodes ?? utterances) !== undefined) {
    throw new ConfigError(
      "explain: --state samples at one state; give --samples instead of --episodes or --utterances",
    );
  }
}

async function explained(directories: readonly string[], flags: ExplainFlags, options: LookOptions): Promise<Found> {
  const { episodes, utterances = defaultUtterances, window, sampled: draws, seed: given } = flags;
  const runs = await explainRuns(directories, {
    ...options,
    size: episodes === undefined ? { kind: "utterances", count: utterances } : { kind: "episodes", count: episodes },
    seed: given,
    exact: { window, replacements: { null: true, delete: flags.delete === true, sampled: draws } },
  });
  const written = await writeExplanation(runs, outDirectory(directories, flags, "explanation"));
  const explanations = runs.map(({ explanation }) => explanation);
  const notes = explanations.flatMap(({ run, weights }) =>
    weights.kind === "none" ? [`${run}: exact weights only, because ${weights.reason}`] : [],
  );
  const text = [...explanationTables(explanations).map(tableText), ...notes].join("\n\n");
  return { json: { runs: explanations }, text, written };
}

async function sampled(
  directories: readonly string[],
  stateFile: string,
  flags: ExplainFlags,
  options: LookOptions,
): Promise<Found> {
  const { samples = defaultSamples, seed: given = 0 } = flags;
  const { runs, observation } = await sampleAtState(directories, { ...options, stateFile, samples, seed: given });
  const written = await writeSamples(runs, observation, outDirectory(directories, flags, "samples"));
  return { json: { runs }, text: samplingTables(runs).map(tableText).join("\n\n"), written };
}

function outDirectory(directories: readonly string[], { out }: ExplainFlags, name: string): string {
  const [first = "."] = directories;
  return out ?? (directories.length === 1 ? join(first, name) : name);
}
