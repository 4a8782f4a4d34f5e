import type { Training } from "../training.ts";
import { AwrBase } from "./awr.ts";
import type { RlBase } from "./base.ts";
import { PpoBase } from "./ppo.ts";
import { emptyReplay, readReplay } from "./replay.ts";

/** The experiment's RL algorithm, as its state says, or at its beginning where there is none. */
export function baseOf(training: Training, state?: unknown): RlBase {
  const { algorithm } = training.experiment;
  switch (algorithm.kind) {
    case "ppo":
      return new PpoBase(training, algorithm);
    case "awr":
      return new AwrBase(training, algorithm, state === undefined ? emptyReplay : readReplay(state));
  }
}
