import { readFileSync } from "node:fs";
import { ConfigError, type Experiment, type Progress, train } from "../../ts/index.ts";

/** CPU seconds of one iteration by phase, of this process and the worker together: the least of some iterations. */
export interface IterationSeconds {
  readonly rollout: number;
  readonly weigh: number;
  readonly fitScm: number;
  readonly updatePolicy: number;
  /** Iterations that they are the least of. */
  readonly n: number;
}

const PHASES = ["rollout", "weigh", "fitScm", "updatePolicy"] as const;
/** Linux counts a process's time in hundredths of a second. */
const TICKS = 100;

/**
 * Trains, and counts the processors' time rather than the clock's. Others' work on the same machine still adds to it, through
 * caches and shared cores, and takes nothing away: hence the least. The first iteration warms up and is left out. Linux
 * alone tells the time of other processes.
 * @throws ConfigError elsewhere.
 */
export async function cpuSecondsOf(experiment: Experiment, directory: string): Promise<IterationSeconds> {
  if (process.platform !== "linux") {
    throw new ConfigError(`expected Linux, whose /proc tells the worker's CPU time, received ${process.platform}`);
  }
  const laps: Record<string, number>[] = [];
  let lap: Record<string, number> = {};
  let phase = "else";
  let since = spent();
  const enter = (next: string): void => {
    const now = spent();
    lap[phase] = (lap[phase] ?? 0) + now - since;
    [phase, since] = [next, now];
  };
  const other = (): void => enter("else");
  const progress: Progress = {
    begin: other,
    say: other,
    end: other,
    phase: enter,
    update: () => {
      other();
      // Stages before RL advance too, without a rollout.
      if (lap.rollout !== undefined) laps.push(lap);
      lap = {};
    },
  };
  await train(experiment, { directory, progress });
  const counted = laps.slice(1);
  const figures = Object.fromEntries(PHASES.map((name) => [name, Math.min(...counted.map((each) => each[name] ?? 0))]));
  return { ...(figures as Record<(typeof PHASES)[number], number>), n: counted.length };
}

/** CPU seconds of this process and its children. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childrenOf(process.pid).reduce((sum, pid) => sum + secondsOf(pid), 0);
}

function childrenOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...childrenOf(child)]);
}

/** Fields 14 and 15, counted behind the name, which may hold blanks. */
function secondsOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** Nothing of a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
