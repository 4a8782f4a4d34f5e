import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { ConfigError, CosoError } from "../errors.ts";
import { percent, percentInterval } from "../report/format.ts";
import { boardOn } from "../sweep/board.ts";
import { costOf, costText } from "../sweep/cost.ts";
import type { Sweep } from "../sweep/definition.ts";
import type { Launcher } from "../sweep/launcher.ts";
import { loadSweep } from "../sweep/load.ts";
import { LocalLauncher } from "../sweep/local-launcher.ts";
import { Dashboard } from "../sweep/ray/dashboard.ts";
import { rayHeaders } from "../sweep/ray/headers.ts";
import { identityOf } from "../sweep/ray/identity.ts";
import { RayJobs } from "../sweep/ray/jobs.ts";
import { RayLauncher } from "../sweep/ray/ray-launcher.ts";
import { type RayResources, rayResources } from "../sweep/ray/resources.ts";
import type { TrialRow } from "../sweep/results.ts";
import { runSweep, type SweepResult } from "../sweep/run.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger } from "./option-values.ts";

interface SweepFlags {
  out?: string;
  jobs?: number;
  gpus?: string;
  launcher: LauncherName;
  ray?: string;
  resources?: RayResources;
  shared?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

export function sweepCommand(interruption: Interruption): Command {
  return new Command("sweep")
    .description("Run an experiment at every point of a grid of settings, with every seed, and table what came out.")
    .argument("<file>", "sweep: a TypeScript file whose default export is defineSweep({ … })")
    .option("--out <dir>", "folder of the sweep (default: runs/<name>)")
    .option(
      "--jobs <n>",
      "trials at a time, each in a process of its own (default: 1, or one for each of --gpus)",
      positiveInteger,
    )
    .option("--gpus <list>", "CUDA devices such as 0,1,2,3; each trial gets one (default: every trial sees all)")
    .addOption(
      new Option("--launcher <name>", "where trials run: this machine, or a Ray cluster")
        .choices(LAUNCHERS)
        .default("local"),
    )
    .option("--ray <url>", "the cluster's dashboard (default: RAY_API_SERVER_ADDRESS, or http://127.0.0.1:8265)")
    .option("--resources <list>", "of each trial on the cluster, such as cpus=4,gpus=1 (default: cpus=1)", rayResources)
    .option("--shared", "the cluster's nodes see the sweep's folder by the same path")
    .option("--dry-run", "list the trials, what is done of them and what the rest will cost; run none")
    .option("--json", "print only the results, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso sweep experiments/alpha-sweep.ts --dry-run
  coso sweep experiments/alpha-sweep.ts --jobs 2
  coso sweep experiments/alpha-sweep.ts --gpus 0,1,2,3
  coso sweep experiments/alpha-sweep.ts --launcher ray --ray http://head:8265 --resources cpus=4,gpus=1 --shared
  coso train experiments/alpha-sweep.ts --trial coefficient=0.05,seed0     one trial alone

Started again it goes on where it was: finished trials are skipped, those that were cut off are resumed, those that
failed are tried again. Trials whose offline stages are the same share one. What comes out: results.csv and results.json
with a row a trial, report/ with intervals over seeds, runs/ and logs/ of every trial.

Ctrl-C lets the present iterations be saved and stops; a second one stops at once.`,
    )
    .action(async (file: string, flags: SweepFlags) => {
      const sweep = await loadSweep(file);
      const directory = flags.out ?? join("runs", sweep.name);
      if (flags.dryRun === true) {
        const cost = await costOf(sweep, directory);
        process.stdout.write(flags.json === true ? `${JSON.stringify(cost, null, 2)}\n` : `${costText(cost)}\n`);
        return;
      }
      const board = boardOn(process.stderr);
      const launcher = await launcherOf(flags, resolve(directory), (line) => board.say(line));
      const result = await interruption.during(
        "stopped; the same command goes on",
        () => board.say("stopping once the present iterations are saved; once more to stop at once"),
        (signal) => runSweep(sweep, { file: resolve(file), directory: resolve(directory), launcher, board, signal }),
      );
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : textOf(sweep, result, directory),
      );
      if (result.failed.length > 0) {
        const lines = result.failed.map(({ trial, reason }) => `  ${trial}: ${reason.replaceAll("\n", "\n    ")}`);
        const told =
          lines.length === 1
            ? "1 trial failed; the same command tries it again"
            : `${lines.length} trials failed; the same command tries them again`;
        throw new CosoError(`${told}:\n${lines.join("\n")}`);
      }
    });
}

const LAUNCHERS = ["local", "ray"] as const;
type LauncherName = (typeof LAUNCHERS)[number];
/** Flags that mean nothing to the other launcher. */
const FLAGS_OF: Readonly<Record<string, LauncherName>> = { gpus: "local", ray: "ray", resources: "ray", shared: "ray" };

async function launcherOf(flags: SweepFlags, directory: string, say: (line: string) => void): Promise<Launcher> {
  const logs = join(directory, "logs");
  const foreign = Object.entries(flags).flatMap(([flag]) =>
    (FLAGS_OF[flag] ?? flags.launcher) === flags.launcher ? [] : [flag],
  );
  if (foreign.length > 0) {
    const said = foreign.map((flag) => `--${flag}`).join(" and ");
    throw new ConfigError(
      `${said}: expected with --launcher ${FLAGS_OF[foreign[0] ?? ""]}, received --launcher ${flags.launcher}`,
    );
  }
  if (flags.launcher === "local") {
    const gpus = flags.gpus?.split(",") ?? [];
    return new LocalLauncher({ jobs: flags.jobs ?? Math.max(1, gpus.length), gpus, logs, say });
  }
  const address = flags.ray ?? process.env.RAY_API_SERVER_ADDRESS ?? "http://127.0.0.1:8265";
  const dashboard = new Dashboard(address, { headers: rayHeaders(process.env.RAY_JOB_HEADERS) });
  const jobs = new RayJobs(dashboard);
  say(`Ray ${await jobs.version()} at ${dashboard.address}`);
  return new RayLauncher({
    jobs,
    identity: identityOf(directory),
    slots: flags.jobs ?? RAY_JOBS,
    resources: flags.resources ?? rayResources("cpus=1"),
    sharesFolders: flags.shared === true,
    workingDirectory: process.cwd(),
    logs,
    say,
  });
}

/** Submitted at a time; what the cluster has no room for waits there. */
const RAY_JOBS = 32;

function textOf({ name }: Sweep, { rows, report }: SweepResult, directory: string): string {
  const width = Math.max(...rows.map(({ trial }) => trial.length));
  const lines = rows.map((row) => `  ${row.trial.padEnd(width)}  ${outcomeOf(row)}`);
  const tables = report === null ? "no trial finished" : `${report.text}\n\nreport: ${report.page}`;
  return `\n${name}: success of each trial, sampled, with 95 % Wilson intervals\n${lines.join("\n")}\n\n${tables}\ntable: ${join(directory, "results.csv")}\n`;
}

function outcomeOf({ state, success, low, high }: TrialRow): string {
  if (success === null || low === null || high === null) return state;
  return `${percent(success)} ${percentInterval([low, high])}`;
}
