import type { Bootstrapped } from "../../algorithms/algorithm.ts";
import { valuesOf } from "../../policy-agent.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { Worker } from "../../worker/worker.ts";

/** Values what lies behind every trajectory that did not terminate, in one call. */
export async function bootstrap(worker: Worker, trajectories: readonly Trajectory[]): Promise<Bootstrapped[]> {
  const open = trajectories.filter(({ steps }) => steps.at(-1)?.terminated !== true);
  const values = await valuesOf(
    worker,
    open.map(({ next }) => next),
  );
  const valueBehind = new Map(open.map((trajectory, index) => [trajectory, values[index] ?? 0]));
  return trajectories.map((trajectory) => ({
    steps: trajectory.steps,
    bootstrapValue: valueBehind.get(trajectory) ?? 0,
  }));
}
