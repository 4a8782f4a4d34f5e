import type { PpoExperimentInput } from "../config.ts";
import { registerEnvironment } from "../environments/registry.ts";
import { median } from "../report/statistics.ts";
import { quickstartSizes } from "./embedded-default.ts";
import { costOfIterations, type IterationCost } from "./iteration-cost.ts";
import { slowNumberLine } from "./slow-number-line.ts";

type Way = "here" | "apart" | "ahead";

/** Where the engine is, and whether it plays while the policy learns. All do the same work. */
const WAYS: Readonly<Record<Way, { ownProcess: boolean; staleness: number }>> = {
  here: { ownProcess: false, staleness: 0 },
  apart: { ownProcess: true, staleness: 0 },
  ahead: { ownProcess: true, staleness: 1 },
};

const SLOW = slowNumberLine("bench/slow-numberline", 400);

interface OverlapOptions {
  iterations?: number;
  rounds?: number;
  changes?: Partial<PpoExperimentInput>;
}

/**
 * Iterations of CoSo at the quickstart's sizes in two groups of environments, one CPU thread a process: with the engine in the
 * worker's process, with one of its own on policy, and with one that plays ahead by one update. Ratios are those of whole
 * iterations, over the first way; the ways take turns. `slow.*` is the same where a step of the environment takes 400 ms.
 */
export async function benchOverlap({
  iterations = 6,
  rounds = 2,
  changes = {},
}: OverlapOptions = {}): Promise<Record<string, number>> {
  registerEnvironment(SLOW);
  const slowly = { ...changes, environment: { id: SLOW.id, settings: { prompt: "brief" } } };
  const quick = await ratiosOf({ iterations, rounds, changes });
  const slow = await ratiosOf({ iterations, rounds, changes: slowly });
  return {
    ...quick,
    ...Object.fromEntries(Object.entries(slow).map(([figure, value]) => [`slow.${figure}`, value])),
    n: rounds * (iterations - 1),
  };
}

async function ratiosOf({ iterations, rounds, changes }: Required<OverlapOptions>): Promise<Record<string, number>> {
  const costs: Record<Way, IterationCost[]> = { here: [], apart: [], ahead: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of Object.keys(WAYS) as Way[]) {
      costs[way].push(await costOfIterations(experimentOf(way, changes), iterations));
    }
  }
  const of = (way: Way, figure: (cost: IterationCost) => number): number => median(costs[way].map(figure));
  const seconds = (way: Way): number => of(way, ({ whole }) => whole);
  return {
    apartRatio: seconds("here") / seconds("apart"),
    aheadRatio: seconds("here") / seconds("ahead"),
    "here.seconds": seconds("here"),
    "apart.seconds": seconds("apart"),
    "ahead.seconds": seconds("ahead"),
    "here.rolloutSeconds": of("here", ({ rollout }) => rollout),
    "ahead.rolloutSeconds": of("ahead", ({ rollout }) => rollout),
  };
}

function experimentOf(way: Way, changes: Partial<PpoExperimentInput>) {
  const { ownProcess, staleness } = WAYS[way];
  return quickstartSizes({
    worker: { device: "cpu", engine: { kind: "transformers", ownProcess } },
    checkpoint: { every: 1_000 },
    ...changes,
    rollout: { environments: 64, stepsPerEnvironment: 4, groups: 2, ...changes.rollout, staleness },
  }).CoSo;
}
