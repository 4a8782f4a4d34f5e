import type { EntropyConfig } from "./schema.ts";

export type MethodName = "RL" | "RL+H" | "CoSo";

/** The paper's name of what an experiment does. */
export function methodName(entropy: EntropyConfig): MethodName {
  switch (entropy.kind) {
    case "none":
      return "RL";
    case "uniform":
      return "RL+H";
    case "causal":
      return "CoSo";
  }
}
