import type { Evaluation } from "../evaluate.ts";
import type { Prompting } from "./definition.ts";
import type { Ending } from "./dialect.ts";
import { addTokens, costOf, noTokens, type Spending, type TokenCounts } from "./spending.ts";

/** What `summary.json` of a prompting run holds, in the form that reports read of every run. */
export interface PromptingSummary {
  name: string;
  seed: number;
  successRate: number;
  /** 95 % Wilson interval. */
  successInterval: readonly [low: number, high: number];
  episodes: number;
  /** Of training: none. */
  envSteps: 0;
  seconds: { evaluate: number; total: number };
  stages: [{ stage: "prompting"; sampled: Evaluation; greedy: null }];
  chosenIteration: null;
  causalWeights: null;
  peakMemoryBytes: null;
  prompting: PromptingCost;
  report: string | null;
}

/** What a prompting asked for, and what it cost. */
export interface PromptingCost {
  model: string;
  /** As the endpoint called the models that answered. */
  servedModels: string[];
  temperature: number | null;
  /** Share of utterances that reached the token limit, and of those that the endpoint kept back. */
  cut: number;
  withheld: number;
  /** Behind the table, each once, whenever they were asked for. */
  answers: { count: number } & Charge;
  /** What this run sent, retries and what was cut off included. */
  sent: { requests: number } & Charge;
  currency: string | null;
}

interface Charge extends TokenCounts {
  /** Null without prices, or where tokens were not reported. */
  cost: number | null;
}

/** Sums up the answers that a table stands on. */
export class AnswerTally {
  #count = 0;
  #tokens = noTokens;
  readonly #models = new Set<string>();

  add({ model, inputTokens, outputTokens }: TokenCounts & { model: string | null }): void {
    this.#count += 1;
    this.#tokens = addTokens(this.#tokens, { inputTokens, outputTokens });
    if (model !== null) this.#models.add(model);
  }

  total(prices: Prompting["prices"]): PromptingCost["answers"] {
    return { count: this.#count, ...this.#tokens, cost: costOf(this.#tokens, prices) };
  }

  get models(): string[] {
    return [...this.#models].sort();
  }
}

export interface SummaryParts {
  evaluation: Evaluation;
  tally: AnswerTally;
  endings: Readonly<Record<Ending, number>>;
  spending: Spending;
  seconds: number;
}

export function promptingSummary(
  { name, seed, endpoint, sampling, prices }: Prompting,
  { evaluation, tally, endings, spending, seconds }: SummaryParts,
): PromptingSummary {
  const utterances = endings.finished + endings.cut + endings.withheld;
  return {
    name,
    seed,
    successRate: evaluation.rate,
    successInterval: evaluation.interval,
    episodes: evaluation.episodes,
    envSteps: 0,
    seconds: { evaluate: seconds, total: seconds },
    stages: [{ stage: "prompting", sampled: evaluation, greedy: null }],
    chosenIteration: null,
    causalWeights: null,
    peakMemoryBytes: null,
    prompting: {
      model: endpoint.model,
      servedModels: tally.models,
      temperature: sampling.temperature,
      cut: endings.cut / utterances,
      withheld: endings.withheld / utterances,
      answers: tally.total(prices),
      sent: { requests: spending.requests, ...spending.tokens, cost: spending.cost },
      currency: prices?.currency ?? null,
    },
    report: null,
  };
}
