import { MultiBar, type SingleBar } from "cli-progress";
import { duration, percent } from "../report/format.ts";
import type { Trial } from "./definition.ts";
import type { TrialOutcome } from "./results.ts";
import type { RunningTrial } from "./time-left.ts";

/** How a sweep stands. */
export interface SweepView {
  readonly finished: number;
  readonly failed: number;
  /** Handed to the launcher, which has no place for them yet. */
  readonly queued: number;
  readonly waiting: number;
  readonly running: readonly RunningTrial[];
  /** Null while nothing can be told. */
  readonly secondsLeft: number | null;
}

/** Where a sweep shows how far it is. */
export interface SweepBoard {
  begin(trials: number): void;
  show(view: SweepView): void;
  ended(trial: Trial, outcome: TrialOutcome): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
}

/** A table that is drawn anew on a terminal, plain lines elsewhere. */
export function boardOn(stream: NodeJS.WriteStream): SweepBoard {
  return stream.isTTY ? new LiveBoard(stream) : new PlainBoard((line) => stream.write(`${line}\n`));
}

/** A bar for the sweep, and one for each trial that runs; trials that ended are lines above. */
class LiveBoard implements SweepBoard {
  readonly #bars: MultiBar;
  readonly #ofTrials = new Map<string, SingleBar>();
  #whole: SingleBar | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#bars = new MultiBar({
      stream,
      // What a narrow terminal cuts off is the detail.
      format: "  {bar} {value}/{total} {name} {detail}",
      barsize: 12,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      hideCursor: true,
      linewrap: false,
      gracefulExit: false,
    });
  }

  begin(trials: number): void {
    this.#whole = this.#bars.create(trials, 0, { summary: "" }, { format: "{bar} {value}/{total} trials{summary}" });
  }

  show(view: SweepView): void {
    this.#whole?.update(view.finished, { summary: summaryOf(view) });
    const present = new Set(view.running.map(({ trial }) => trial.name));
    for (const [name, bar] of this.#ofTrials) {
      if (present.has(name)) continue;
      this.#bars.remove(bar);
      this.#ofTrials.delete(name);
    }
    const width = Math.max(0, ...view.running.map(({ trial }) => trial.name.length));
    for (const running of view.running) {
      const { trial, iteration } = running;
      const payload = { name: trial.name.padEnd(width), detail: detailOf(running) };
      const bar = this.#ofTrials.get(trial.name) ?? this.#bars.create(trial.experiment.iterations, 0, payload);
      this.#ofTrials.set(trial.name, bar);
      bar.update(iteration ?? 0, payload);
    }
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    this.say(endedLine(trial, outcome));
  }

  say(line: string): void {
    this.#bars.log(`${line}\n`);
    this.#bars.update();
  }

  end(): void {
    this.#bars.stop();
  }
}

const MS_BETWEEN_LINES = 30_000;

/** A line when a trial ends, and one now and then about the whole. */
export class PlainBoard implements SweepBoard {
  readonly #write: (line: string) => void;
  readonly #now: () => number;
  #total = 0;
  #shownMs = Number.NEGATIVE_INFINITY;

  constructor(write: (line: string) => void, now: () => number = performance.now.bind(performance)) {
    this.#write = write;
    this.#now = now;
  }

  begin(trials: number): void {
    this.#total = trials;
  }

  show(view: SweepView): void {
    if (this.#now() - this.#shownMs < MS_BETWEEN_LINES) return;
    this.#shownMs = this.#now();
    this.#write(`${view.finished}/${this.#total} trials${summaryOf(view)}`);
  }

  ended(trial: Trial, outcome: TrialOutcome): void {
    this.#write(endedLine(trial, outcome));
    // The whole is worth a line again.
    this.#shownMs = Number.NEGATIVE_INFINITY;
  }

  say(line: string): void {
    this.#write(line);
  }

  end(): void {}
}

function summaryOf({ failed, queued, waiting, running, secondsLeft }: SweepView): string {
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(running.length > 0 ? [`${running.length} running`] : []),
    ...(queued > 0 ? [`${queued} queued`] : []),
    ...(waiting > 0 ? [`${waiting} waiting`] : []),
    ...(secondsLeft !== null && running.length > 0 ? [`${duration(secondsLeft)} left`] : []),
  ];
  return parts.map((part) => ` · ${part}`).join("");
}

function detailOf({ hasBegun, iteration, success, seconds }: RunningTrial): string {
  if (!hasBegun) return `begun, ${duration(seconds)}`;
  if (iteration === null) return `offline stage, ${duration(seconds)}`;
  return success === null ? duration(seconds) : `success ${percent(success)}, ${duration(seconds)}`;
}

function endedLine({ name }: Trial, outcome: TrialOutcome): string {
  if (outcome.kind === "failed") return `${name} failed: ${outcome.reason}`;
  const { successRate, seconds } = outcome.summary;
  return `${name}: ${percent(successRate)}, ${duration(seconds.total ?? 0)}`;
}
