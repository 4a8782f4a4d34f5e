import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Evaluation } from "../evaluate.ts";
import { duration, percent, percentInterval } from "../report/format.ts";
import type { Summary } from "../train.ts";
import type { Explanation } from "../training/explain.ts";
import { textTable } from "./text-table.ts";

const numExplained = 3;
const numTokens = 5;

/** What `coso train` prints at the end: success by stage, causal tokens, seconds by phase, the report. */
export function trainOutcome(summary: Summary, directory: string): string {
  const explanations = JSON.parse(readFileSync(join(directory, "explanations.json"), "utf8")) as Explanation[];
  const sections = [stageTable(summary), ...causalTokens(explanations), phaseTable(summary)];
  const { report, chosenIteration, envSteps } = summary;
  const closing = [
    `policy of iteration ${chosenIteration}, ${envSteps} environment steps · ${directory}`,
    ...(report === null ? [] : [`report: ${report}`]),
  ];
  return `\n${[...sections, closing.join("\n")].join("\n\n")}\n`;
}

function stageTable({ stages }: Summary): string {
  return textTable(
    ["", "sampled", "95 % interval", "valid JSON", "greedy", "95 % interval"],
    stages.map(({ stage, sampled, greedy }) => [
      stage,
      ...success(sampled),
      percent(sampled.validJson),
      ...success(greedy),
    ]),
  );
}

function success({ successes, episodes, rate, interval }: Evaluation): string[] {
  return [`${percent(rate)}  ${successes}/${episodes}`, percentInterval(interval)];
}

/** Of the first few utterances that parse to an action; nothing for methods without causal weights. */
function causalTokens(explanations: readonly Explanation[]): string[] {
  const weighed = explanations.filter(
    ({ tokens, parse }) => parse === "action" && tokens.some(({ weight }) => weight !== null),
  );
  if (weighed.length === 0) return [];
  const lines = weighed.slice(0, numExplained).map(({ utterance, action, tokens }) => {
    const most = tokens.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0)).slice(0, numTokens);
    const weights = most.map(({ text, weight }) => `${JSON.stringify(text)} ${(weight ?? 0).toFixed(2)}`);
    return `  ${utterance.replaceAll(/\s+/g, " ")}\n    → ${action}   ${weights.join("  ")}`;
  });
  return [`most causal tokens\n${lines.join("\n")}`];
}

function phaseTable({ seconds }: Summary): string {
  const { total = 0, ...phases } = seconds;
  const parts = Object.entries(phases).map(([phase, value]) => `${phase} ${duration(value)}`);
  return `${duration(total)}: ${parts.join(" · ")}`;
}
