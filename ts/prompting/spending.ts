import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { EndpointError, RunFolderError } from "../errors.ts";
import type { JsonLines } from "../runs/json-lines.ts";

const lineSchema = z.object({
  /** Of the answer that was asked for. */
  key: z.string(),
  /** `answer`, an HTTP status, or what happened instead. */
  outcome: z.string(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
});
type RequestRecord = z.output<typeof lineSchema>;

/** Money for a million tokens. */
export interface Prices {
  inputPerMillion: number;
  outputPerMillion: number;
  currency: string;
}

/** What a run may spend, and how it is counted; null: no limit, or no money. */
export interface SpendingLimits {
  budget: { requests: number | null; money: number | null };
  prices: Prices | null;
}

/** Null where an answer came without a count. */
export interface TokenCounts {
  inputTokens: number | null;
  outputTokens: number | null;
}

/** In the prices' currency; null without prices or counts. */
export function costOf({ inputTokens, outputTokens }: TokenCounts, prices: Prices | null): number | null {
  if (prices === null || inputTokens === null || outputTokens === null) return null;
  return (inputTokens * prices.inputPerMillion + outputTokens * prices.outputPerMillion) / 1_000_000;
}

export function addTokens(one: TokenCounts, other: TokenCounts): TokenCounts {
  const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
  return {
    inputTokens: sum(one.inputTokens, other.inputTokens),
    outputTokens: sum(one.outputTokens, other.outputTokens),
  };
}

export const noTokens: TokenCounts = { inputTokens: 0, outputTokens: 0 };

/**
 * What a run has asked for, a line a request in `requests.jsonl`, retries and earlier processes included; and the
 * budget that limits it.
 */
export class Spending {
  readonly #lines: JsonLines;
  readonly #settings: SpendingLimits;
  #begun = 0;
  #tokens = noTokens;

  constructor(lines: JsonLines, settings: SpendingLimits) {
    this.#lines = lines;
    this.#settings = settings;
    for (const record of readRecords(lines)) {
      this.#begun += 1;
      this.#count(record);
    }
  }

  get requests(): number {
    return this.#begun;
  }

  get tokens(): TokenCounts {
    return this.#tokens;
  }

  get cost(): number | null {
    return costOf(this.#tokens, this.#settings.prices);
  }

  /** Counts a request that is about to begin. @throws EndpointError `budget` when it would be one too many. */
  begin(): void {
    const { budget, prices } = this.#settings;
    const goOn = "what was answered is kept: raise it and run the same command again";
    if (budget.requests !== null && this.#begun >= budget.requests) {
      throw new EndpointError("budget", `budget.requests: all ${budget.requests} requests are spent; ${goOn}`);
    }
    if (budget.money !== null) {
      const { cost } = this;
      if (cost === null) {
        throw new EndpointError(
          "budget",
          "budget.money: the endpoint does not report its tokens, so money cannot be counted; " +
            "set budget.requests instead, and budget.money to null",
        );
      }
      if (cost >= budget.money) {
        const spent = `${cost.toPrecision(3)} ${prices?.currency ?? ""}`;
        throw new EndpointError("budget", `budget.money: ${spent} of ${budget.money} are spent; ${goOn}`);
      }
    }
    this.#begun += 1;
  }

  /** Notes what came of a request that `begin` let through. */
  record(record: RequestRecord): void {
    this.#lines.append(record);
    this.#count(record);
  }

  /** A request without an answer costs nothing, so that one without a count leaves the sum as it is. */
  #count({ outcome, ...tokens }: RequestRecord): void {
    if (outcome === ANSWERED) this.#tokens = addTokens(this.#tokens, tokens);
  }
}

/** The outcome of a request whose answer was kept. */
export const ANSWERED = "answer";

function readRecords(lines: JsonLines): RequestRecord[] {
  if (!existsSync(lines.path)) return [];
  const text = readFileSync(lines.path, "utf8");
  // A process that was killed may have left half a line behind.
  const complete = text.slice(0, text.lastIndexOf("\n") + 1);
  lines.truncate(Buffer.byteLength(complete));
  return complete
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const record = lineSchema.safeParse(parseJson(line));
      if (record.success) return record.data;
      throw new RunFolderError(`${lines.path} line ${index + 1}: no record of a request; the run folder is damaged`);
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
