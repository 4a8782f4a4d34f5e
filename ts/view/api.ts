/** What the viewer's server tells its page, as JSON. Times are milliseconds since 1970, everything else as in the run's files. */

/**
 * - `running`: a process of this machine works in the folder
 * - `stale`: one claims to, but has written nothing for much longer than its iterations take
 * - `unfinished`: nobody works in it; `coso train … --resume` would go on
 */
export type RunState = "running" | "finished" | "unfinished" | "stale";

/** A run in the list of all. `id` is its path within the folder that is viewed. */
export type RunEntry = RunCard | { kind: "damaged"; id: string; reason: string };

export interface RunCard {
  kind: "run";
  id: string;
  name: string;
  method: string;
  environment: string;
  seed: number;
  state: RunState;
  /** Complete iterations. */
  iteration: number;
  /** Null where there are none, as with runs of `coso prompt`. */
  iterations: number | null;
  envSteps: number;
  /** Of the iterations that are left, at the pace of the last ones; null where nothing can be told. */
  secondsLeft: number | null;
  success: Success | null;
  /** Success in training, an entry an iteration that has one. */
  curve: readonly number[];
  /** When a file of the run was last written. */
  updated: number;
}

export interface Success {
  rate: number;
  interval: readonly [low: number, high: number] | null;
  /** Null where the metric does not tell. */
  episodes: number | null;
  /** What was measured, such as `after CoSo, sampled`. */
  what: string;
}

export interface RunDetail {
  card: RunCard;
  /** Of `summary.json`; empty until it is there. */
  stages: readonly StageRow[];
  metricNames: readonly string[];
  /** Ended training episodes. */
  episodes: number;
  /** Steps with recorded tokens. */
  recordedSteps: number;
  explanations: number;
  /** Pages that other commands wrote into the folder. */
  pages: readonly WrittenPage[];
  /** Seconds by phase, the offline stage included, up to the end of the last iteration, or of a run that has none. */
  seconds: readonly { phase: string; seconds: number }[];
  settings: unknown;
  revision: string | null;
  /** What could not be read. */
  problems: readonly string[];
}

/** Of `coso report`, `coso explain` and `coso explain --state`. */
export const WRITTEN_PAGES = ["report", "explanation", "samples"] as const;
export type WrittenPage = (typeof WRITTEN_PAGES)[number];

export interface StageRow {
  stage: string;
  decoding: "sampled" | "greedy";
  successes: number;
  episodes: number;
  rate: number;
  interval: readonly [low: number, high: number];
  validJson: number | null;
  meanReturn: number;
}

/** Columns of a run's iterations. */
export interface Curves {
  iteration: readonly number[];
  envSteps: readonly number[];
  metrics: Readonly<Record<string, readonly (number | null)[]>>;
}

export type Outcome = "success" | "failure" | "truncated" | "fault";
export const OUTCOMES: readonly Outcome[] = ["success", "failure", "truncated", "fault"];

export const EPISODE_ORDERS = ["newest", "oldest", "highest", "lowest", "longest", "shortest"] as const;
export type EpisodeOrder = (typeof EPISODE_ORDERS)[number];

export interface EpisodePage {
  /** In the whole file. */
  total: number;
  /** Of those, how many pass the filters. */
  matching: number;
  /** From 1. */
  page: number;
  pages: number;
  episodes: readonly EpisodeRow[];
  /** What there is to filter by. */
  kinds: readonly string[];
  iterations: readonly [first: number, last: number] | null;
  hasTokens: boolean;
  problems: readonly string[];
}

export interface EpisodeRow {
  number: number;
  iteration: number | null;
  outcome: Outcome;
  kind: string | null;
  return: number;
  length: number;
  invalid: number;
  goal: string;
  image: string | null;
  /** Steps with recorded tokens. */
  recorded: number;
}

export interface EpisodeDetail {
  number: number;
  iteration: number | null;
  outcome: Outcome;
  kind: string | null;
  fault: string | null;
  return: number;
  steps: readonly StepDetail[];
  lastImage: string | null;
  /** Numbers of the episodes beside it in the file. */
  before: number | null;
  after: number | null;
  method: string;
  /** Whether a value head learns, so that `value` means something. */
  hasValues: boolean;
  /** Why no step of a run has what it lacks; such as why there are no tokens. */
  tokensAbsent: string | null;
}

/** One utterance at one observation, wherever it was written down. */
export interface StepDetail {
  prompt: string;
  image: string | null;
  utterance: string;
  outcome: ParseOutcome;
  reward: number | null;
  value: number | null;
  /** Null where no tokens were recorded. */
  tokens: TokenColumns | null;
}

export type ParseOutcome =
  | {
      kind: "action";
      action: ActionWords;
      factors: Readonly<Record<string, string>>;
      /** Characters that decide the action; null where the file does not tell. */
      span: readonly [start: number, end: number] | null;
    }
  | { kind: "invalid"; reason: string; executed: ActionWords };

export interface ActionWords {
  words: string;
  /** In shares of the screen's sides. */
  gesture: { touch: Point; lift: Point; isSwipe: boolean } | null;
}

export interface Point {
  x: number;
  y: number;
}

/** Of one utterance, a number a token in each column. */
export interface TokenColumns {
  tokens: readonly string[];
  /** B^i; null for methods without causal weights. */
  weights: readonly number[] | null;
  /** Nats. */
  entropies: readonly number[];
  /** Log-prob of sampling − log-prob of training, nats; null where only one was written down. */
  gaps: readonly number[] | null;
  /** Of the step; null where nothing learned from it. */
  advantage: number | null;
}

/** What a run's policy said at one observation. */
export interface Encounters {
  run: string;
  method: string;
  /** How often which action was taken in training, the most frequent first; null is an utterance without one. */
  actions: readonly { action: string | null; count: number }[];
  /** The step that was asked for, utterances of the final policy, then training steps: those with tokens, each from the newest. */
  encounters: readonly Encounter[];
  tokensAbsent: string | null;
}

export interface Encounter {
  /** Where it was said, such as `episode 12, step 3`. */
  source: { kind: "episode"; number: number; step: number; iteration: number | null } | { kind: "final" };
  step: StepDetail;
}

export interface Failure {
  error: string;
}
