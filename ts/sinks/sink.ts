/**
 * Shows the figures of a run somewhere beside its folder. It reads `metrics.jsonl` itself and is only told how far: so
 * nothing is queued for it, and whatever it missed it finds there later. It never throws, never waits for, and never
 * changes a run.
 */
export interface MetricSink {
  /** Complete lines reach to `bytes` of metrics.jsonl. The first call of a process is for what a resumed run still has. */
  follow(bytes: number): void;
  /** Lets it finish, and `summary.json` with it where there is one. Resolves in bounded time, whatever it does. */
  end(): Promise<void>;
}

/** All of them as one. */
export function together(sinks: readonly MetricSink[]): MetricSink {
  return {
    follow(bytes) {
      for (const sink of sinks) sink.follow(bytes);
    },
    async end() {
      await Promise.all(sinks.map((sink) => sink.end()));
    },
  };
}
