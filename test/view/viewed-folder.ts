import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TokenRow } from "../../ts/training/record-tokens.ts";
import { type RunShape, writeRun } from "../fixtures/run/write-run.ts";

export const PROMPT = "Move the current number to the target.\nAnswer in JSON.";

export interface WrittenEpisode {
  utterances: readonly string[];
  success?: boolean;
  ending?: "terminated" | "truncated" | "fault";
  kind?: string;
  iteration?: number;
  action?: unknown;
}

/** A run folder as a training leaves it, with these episodes; steps are numbered from 1 through all of them. */
export function writeViewedRun(directory: string, episodes: readonly WrittenEpisode[], shape: RunShape = {}): void {
  writeRun(directory, shape);
  const image = `images/${readdirSync(join(directory, "images")).sort()[0]}`;
  let id = 0;
  const lines = episodes.map(
    ({ utterances, success = true, ending = "terminated", kind, iteration = 1, action = "+" }) => ({
      iteration,
      environment: 0,
      return: success ? 1 : -utterances.length,
      length: utterances.length,
      success,
      ...(kind !== undefined && { kind }),
      ending,
      ...(ending === "fault" && { fault: "the phone is gone" }),
      invalidUtterances: 0,
      validJson: 0,
      steps: utterances.map((utterance, step) => {
        id += 1;
        return {
          id,
          prompt: step === 0 ? PROMPT : null,
          utterance,
          parse: parseOf(utterance),
          action,
          reward: success ? 1 : -1,
          value: 0.25,
          image,
        };
      }),
      lastImage: image,
    }),
  );
  writeFileSync(join(directory, "episodes.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** f^parse of these tests: a plus sign is the action. */
function parseOf(utterance: string) {
  const at = utterance.indexOf("+");
  if (at < 0) return { kind: "invalid", reason: "no-legal-action" };
  return { kind: "action", action: "+", factors: { action: "+" }, span: [at, at + 1] };
}

/** Adds a row to `tokens.jsonl`: `tokens` with rising weights. */
export function writeTokens(directory: string, step: number, tokens: readonly string[], weighed = true): void {
  const rising = tokens.map((_, index) => index / tokens.length);
  const row: TokenRow = {
    iteration: 1,
    step,
    advantage: -0.5,
    tokens,
    weights: weighed ? rising : null,
    entropies: rising.map((value) => 2 * value),
    logProbs: rising.map((value) => -value),
    gaps: rising.map((value) => value * 1e-7),
  };
  appendFileSync(join(directory, "tokens.jsonl"), `${JSON.stringify(row)}\n`);
}
