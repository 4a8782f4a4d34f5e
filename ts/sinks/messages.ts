import type { SinkSettings } from "../config/sinks.ts";
import type { SinkError } from "../errors.ts";
import { pythonCommand } from "../processes/python-command.ts";
import type { Progress } from "../progress.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { SinkListener } from "./open.ts";

/** What each kind of sink needs in the worker's Python. */
export const SINK_REQUIREMENTS: Readonly<Record<SinkSettings["kind"], string>> = {
  tensorboard: "python/requirements-tensorboard.txt",
  wandb: "python/requirements-wandb.txt",
};

/** Tells a person at a run of its sinks. */
export function tellingOf(run: RunFolder, progress: Progress): SinkListener {
  return {
    onPlace: ({ kind }, place) => progress.say(`sink ${kind}: ${place}`),
    onFailure: (sink, failure) =>
      progress.say(
        `warning: ${describeFailure(sink, failure)}. The run goes on without it: metrics.jsonl has everything, and ` +
          `\`npx coso sinks ${run.directory}\` sends what is missing`,
      ),
  };
}

/** Sink, cause and, where one is known, mend, in one line. */
export function describeFailure({ kind }: SinkSettings, { reason, message, mend }: SinkError): string {
  const cause = message.replaceAll(/\s*\n\s*/g, "; ");
  const known =
    reason === "missing" ? `${pythonCommand()[0]} -m pip install --no-deps -r ${SINK_REQUIREMENTS[kind]}` : mend;
  return `sink ${kind}: ${cause}${known === null ? "" : `; mend: ${known}`}`;
}
