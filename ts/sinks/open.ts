import type { SinkSettings } from "../config/sinks.ts";
import type { SinkError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { type Supervised, supervise } from "../processes/supervised.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { ProcessSink, type TimeLimits } from "./process-sink.ts";
import { type MetricSink, together } from "./sink.ts";

/** The most that a slow network or disk may take. W&B itself gives up before the first of them. */
const LIMITS: TimeLimits = { answerMs: 120_000, endMs: 30_000 };

/** Starts the process that serves one sink of a run; `onLine` hears its answers. */
export type StartSink = (settings: SinkSettings, run: RunFolder, onLine: (line: string) => void) => Promise<Supervised>;

export interface SinkOptions {
  /** The default starts `python -m coso_sinks`. */
  readonly start?: StartSink;
  readonly limits?: TimeLimits;
}

/** Hears of every sink where its figures can be looked at, and why it ended before its time. */
export interface SinkListener {
  onPlace(sink: SinkSettings, place: string): void;
  onFailure(sink: SinkSettings, failure: SinkError): void;
}

/** Starts a process for each sink of a run. */
export function openSinks(
  settings: readonly SinkSettings[],
  run: RunFolder,
  listener: SinkListener,
  { start = startProcess, limits = LIMITS }: SinkOptions = {},
): MetricSink {
  return together(
    settings.map(
      (sink) =>
        new ProcessSink({
          start: (onLine) => start(sink, run, onLine),
          limits,
          onPlace: (place) => listener.onPlace(sink, place),
          onFailure: (failure) => listener.onFailure(sink, failure),
        }),
    ),
  );
}

async function startProcess(
  { kind, ...settings }: SinkSettings,
  run: RunFolder,
  onLine: (line: string) => void,
): Promise<Supervised> {
  const [python = ""] = pythonCommand();
  const args = ["-m", "coso_sinks", kind, "--run", run.directory, "--settings", JSON.stringify(settings)];
  return await supervise(python, args, { env: pythonEnvironment(1), logFile: run.path(`${kind}.log`), onLine });
}
