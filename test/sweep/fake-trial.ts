import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Interruption } from "../../ts/commands/interruption.ts";
import { messageOf } from "../../ts/errors.ts";
import { PlainProgress } from "../../ts/progress.ts";
import { loadTrial } from "../../ts/sweep/load.ts";
import { train } from "../../ts/train.ts";
import type { Worker } from "../../ts/worker/worker.ts";
import { numberLineWorker, starting } from "../numberline-worker.ts";

/**
 * Stands for `node bin/coso.mjs train …` where a cluster runs trials: the same words, run folders and signals, with a
 * worker that has no model. See `fakeNode`. FAKE_TRIAL_MS: what each update of the policy takes besides.
 */
const [, ...words] = process.argv.slice(2);
const { values, positionals } = parseArgs({
  args: words,
  allowPositionals: true,
  options: {
    trial: { type: "string", default: "" },
    out: { type: "string", default: "" },
    resume: { type: "boolean" },
    json: { type: "boolean" },
    "offline-from": { type: "string" },
  },
});
const [, file = ""] = positionals;
const waitMs = Number(process.env.FAKE_TRIAL_MS ?? 0);

try {
  const experiment = await loadTrial(file, values.trial);
  const progress = new PlainProgress((line) => console.log(line));
  await new Interruption(() => process.kill(process.pid, "SIGKILL")).during(
    "stopped",
    () => console.log("stopping once this is saved"),
    (signal) =>
      train(experiment, {
        directory: values.out,
        resume: values.resume === true,
        signal,
        progress,
        startWorker: async (settings) => {
          const running = await starting(numberLineWorker())(settings);
          return { ...running, client: slowed(running.client) };
        },
        ...(values["offline-from"] !== undefined && { offlineFrom: values["offline-from"] }),
      }),
  );
} catch (error) {
  console.log(`\n${error instanceof Error ? error.name : "Error"}: ${messageOf(error)}`);
  process.exitCode = messageOf(error) === "stopped" ? 130 : 1;
}

/** The same worker, which takes its time to update the policy. */
function slowed(worker: Worker): Worker {
  return {
    async call(method, params, options) {
      if (method === "updatePolicy") await sleep(waitMs);
      return worker.call(method, params, options);
    },
  };
}
