import { join } from "node:path";
import { Command } from "commander";
import { progressTo } from "../progress.ts";
import { loadPrompting } from "../prompting/definition.ts";
import { prompt } from "../prompting/run.ts";
import type { PromptingSummary } from "../prompting/summary.ts";
import { writeReport } from "../report/write-report.ts";
import { writeJson } from "../runs/atomic-write.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger, seed } from "./option-values.ts";

interface PromptFlags {
  out?: string;
  episodes?: number;
  seed?: number;
  set?: string[];
  offline?: boolean;
  json?: boolean;
}

export function promptCommand(interruption: Interruption): Command {
  return new Command("prompt")
    .description("Evaluate a model behind an OpenAI-compatible or Gemini endpoint as the agent of an environment.")
    .argument("<file>", "a TypeScript file whose default export is definePrompting({ … })")
    .option("--out <dir>", "run folder (default: runs/<name>-<environment>-seed<n>)")
    .option("--episodes <n>", "episodes to play", positiveInteger)
    .option("--seed <n>", "decides the episodes", seed)
    .option("--set <key.path=value...>", "change settings of the file; values are JSON or text")
    .option("--offline", "ask for nothing: rebuild the result from kept answers")
    .option("--json", "print only the summary, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso prompt experiments/gym-cards/prompting-openai.ts --episodes 5
  coso prompt experiments/gym-cards/prompting-gemini.ts --set environment.id=blackjack
  coso prompt experiments/gym-cards/prompting-openai.ts --set endpoint.baseUrl=http://localhost:8000/v1 endpoint.model=my-vlm endpoint.keyVariable=null
  coso prompt experiments/gym-cards/prompting-openai.ts --offline

The key is read from the environment variable that endpoint.keyVariable names. Every answer is kept as it arrives: the
same command goes on after Ctrl-C, a fault or a spent budget, and asks for nothing that is there already.`,
    )
    .action(async (file: string, flags: PromptFlags) => {
      const prompting = await loadPrompting(file, flags);
      const { name, environment, seed: usedSeed } = prompting;
      const directory = flags.out ?? join("runs", `${name}-${environment.id}-seed${usedSeed}`);
      const progress = progressTo(process.stderr);
      progress.say(`${name} on ${environment.id}, seed ${usedSeed}: ${directory}`);
      const summary = await interruption.during(
        "stopped; every answer is kept, and the same command goes on",
        () => progress.say("stopping once the requests under way are answered; once more to stop at once"),
        (signal) => prompt(prompting, { directory, progress, signal, offline: flags.offline === true }),
      );
      const { page, text } = await writeReport([directory], join(directory, "report"));
      const reported: PromptingSummary = { ...summary, report: page };
      writeJson(join(directory, "summary.json"), reported);
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(reported, null, 2)}\n` : `\n${text}\n\nreport: ${page}\n`,
      );
    });
}
