import { Command } from "commander";
import { type Agreement, judgeAgreement } from "../judging/agreement.ts";
import { loadJudge } from "../judging/definition.ts";
import { ModelJudge } from "../judging/model-judge.ts";
import { progressTo } from "../progress.ts";
import { percent, percentInterval } from "../report/format.ts";
import { tableText } from "../report/terminal.ts";
import { positiveInteger } from "./option-values.ts";

interface JudgeFlags {
  episodes: number;
  set?: string[];
  offline?: boolean;
  json?: boolean;
}

export function judgeCommand(): Command {
  return new Command("judge")
    .description("Measure how a vision model's verdicts on stored episodes agree with what their environment said.")
    .argument("<run>", "run folder whose episodes end on a screen, such as one on phone/canvas")
    .argument("<file>", "a TypeScript file whose default export is defineJudge({ … })")
    .option("--episodes <n>", "the latest so many episodes", positiveInteger, 100)
    .option("--set <key.path=value...>", "change settings of the file; values are JSON or text")
    .option("--offline", "ask for nothing: use kept answers")
    .option("--json", "print only the result, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso judge runs/phone-quickstart-seed0 experiments/phone/judge.ts
  coso judge runs/phone-quickstart-seed0 experiments/phone/judge.ts --episodes 20 --set endpoint.model=gemini-2.5-pro

The judge sees the last screen and the task, and screenshots judged by hand before them where its file names some. Answers
are kept as they arrive: the same command goes on after Ctrl-C and asks for nothing that is there already.`,
    )
    .action(async (run: string, file: string, flags: JudgeFlags) => {
      const settings = await loadJudge(file, flags.set ?? []);
      const progress = progressTo(process.stderr);
      try {
        const onTrouble = (line: string): void => progress.say(line);
        const judge = await ModelJudge.open(settings, { isOffline: flags.offline === true, onTrouble });
        progress.begin("episodes judged", flags.episodes);
        const agreement = await judgeAgreement(run, judge, flags.episodes, (judged) => progress.update(judged, ""));
        const text = flags.json === true ? JSON.stringify(agreement, null, 2) : agreementText(run, agreement);
        process.stdout.write(`${text}\n`);
      } finally {
        progress.end();
      }
    });
}

function agreementText(
  run: string,
  { episodes, agreed, rate, interval, success, failure, ...rest }: Agreement,
): string {
  const table = tableText({
    caption: `${run}: what the environment said, and what the judge did`,
    columns: [
      { title: "Environment" },
      { title: "judged success", isNumber: true },
      { title: "judged failure", isNumber: true },
    ],
    rows: [
      ["success", String(success.judgedSuccess), String(success.judgedFailure)],
      ["failure", String(failure.judgedSuccess), String(failure.judgedFailure)],
    ],
  });
  const lines = [table, `agreed on ${agreed} of ${episodes}: ${percent(rate)} ${percentInterval(interval)}`];
  if (rest.unknown > 0)
    lines.push(`no verdict on ${rest.unknown} more; the first: ${rest.reason ?? "no reason given"}`);
  return lines.join("\n");
}
