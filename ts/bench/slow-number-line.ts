import { setTimeout as sleep } from "node:timers/promises";
import type { Environment, EnvironmentDefinition } from "../environments/environment.ts";
import { numberLine } from "../environments/numberline/numberline.ts";

/** NumberLine whose steps take their time elsewhere, as an emulator's do. */
export function slowNumberLine(id: string, stepMs: number): EnvironmentDefinition {
  const definition = numberLine as unknown as EnvironmentDefinition;
  return {
    ...definition,
    id,
    create: (settings): Environment => {
      const quick = definition.create(settings);
      return {
        spec: { ...quick.spec, id },
        reset: (request) => quick.reset(request),
        step: async (action) => {
          await sleep(stepMs);
          return quick.step(action);
        },
        parse: (utterance, observation) => quick.parse(utterance, observation),
        state: () => quick.state(),
        restore: (state) => quick.restore(state),
      };
    },
  };
}
