import type { Costs } from "./costs.ts";
import type { Activity, Mixture } from "./ledger.ts";

/** What learning from a batch takes on some trainers that share it evenly. Seconds. */
export interface Learning {
  readonly seconds: number;
  readonly mixture: Mixture;
}

export function learningOf({ trainer }: Pick<Costs, "trainer">, steps: number, trainers: number): Learning {
  const { learn, passFloor, microBatch, epochs, optimiserStepsPerEpoch, gradients, gather, weigh, fitScm } = trainer;
  const each = Math.ceil(steps / trainers);
  const passes = epochs * Math.ceil(each / microBatch);
  const floor = Math.max(passFloor, trainers > 1 ? gather : 0);
  // A ring: every trainer sends and receives 2 (T − 1) / T of the gradients, whatever their number.
  const exchange = epochs * optimiserStepsPerEpoch * ((2 * (trainers - 1)) / trainers) * gradients;
  const parts: [Activity, number][] = [
    ["weigh", each * weigh + fitScm],
    ["update", Math.max(epochs * each * learn, passes * floor)],
    ["exchange", exchange],
  ];
  const seconds = parts.reduce((sum, [, part]) => sum + part, 0);
  return {
    seconds,
    mixture: seconds === 0 ? [["update", 1]] : parts.map(([activity, part]) => [activity, part / seconds] as const),
  };
}
