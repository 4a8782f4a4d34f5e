import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../processes/installation.ts";
import { supervise } from "../processes/supervised.ts";
import { type Ending, type Launcher, namedError, type TrialJob, trainArguments } from "./launcher.ts";
import { whenFree } from "./when-free.ts";

const COSO = join(packageRoot, "bin/coso.mjs");
/** Of a process that was interrupted and saved what it had. */
const INTERRUPTED = "exited with code 130";

export interface LocalLauncherOptions {
  /** Trials at a time. */
  readonly jobs: number;
  /** CUDA devices as `CUDA_VISIBLE_DEVICES` names them, one a slot in turn; none: every trial sees all. */
  readonly gpus: readonly string[];
  /** Folder of the trials' logs. */
  readonly logs: string;
  say(line: string): void;
}

/** Trials as processes of this machine. They stop when this process does, killed or not. */
export class LocalLauncher implements Launcher {
  readonly slots: number;
  readonly sharesFolders = true;
  readonly #options: LocalLauncherOptions;

  constructor(options: LocalLauncherOptions) {
    this.slots = options.jobs;
    this.#options = options;
    mkdirSync(options.logs, { recursive: true });
  }

  async run(job: TrialJob, slot: number, signal: AbortSignal, runs: () => void): Promise<Ending> {
    const { gpus, logs, say } = this.#options;
    const waiting = ({ pid }: { pid: number }): void => {
      say(`${job.trial.name}: waiting for process ${pid}, which works in it`);
    };
    if (!(await whenFree(job.directory, waiting, signal))) return { kind: "stopped" };
    runs();
    const gpu = gpus[slot % Math.max(gpus.length, 1)];
    const child = await supervise(process.execPath, [COSO, ...trainArguments(job)], {
      env: gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu },
      logFile: join(logs, `${job.trial.name}.log`),
      // It stops when this closes, which a process cannot keep from happening by being killed.
      hasChannel: true,
    });
    const stop = (): void => child.kill("SIGINT");
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const ending = await child.ended;
    signal.removeEventListener("abort", stop);
    if (ending === "exited with code 0") return { kind: "finished" };
    if (ending === INTERRUPTED) return { kind: "stopped" };
    return { kind: "failed", reason: namedError(child.lines()) ?? `its process ${ending}` };
  }
}
