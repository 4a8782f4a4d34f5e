import type { Environment, EnvironmentDefinition, Observation } from "../../ts/environments/environment.ts";
import { environmentDefinition, environmentSettings } from "../../ts/environments/registry.ts";
import type { RandomStream } from "../../ts/random.ts";
import { conformanceTests } from "./conformance-tests.ts";

type TestName = keyof typeof conformanceTests;

export type ConformanceOptions<Action> = ({ id: string } | { definition: EnvironmentDefinition<Action> }) & {
  /** As an experiment's `environment.settings`; a function where they are known only once tests run. */
  settings?: Readonly<Record<string, unknown>> | (() => unknown);
  /** An action that is legal now, drawn from `random` alone. */
  actions: (observation: Observation, random: RandomStream) => Action;
  /** What this environment cannot promise, and why. */
  skip?: readonly { test: TestName; reason: string }[];
};

/**
 * The shared suite: call it from the test file of an environment, by registered `id` or with the `definition` itself.
 * Every instance that a test creates is closed after it.
 */
export function describeEnvironment<Action>(options: ConformanceOptions<Action>): void {
  const definition: EnvironmentDefinition = "id" in options ? environmentDefinition(options.id) : options.definition;
  const { settings = {}, actions, skip = [] } = options;
  const given = (): unknown => (typeof settings === "function" ? settings() : settings);

  describe(`environment ${definition.id}`, () => {
    const created: Environment[] = [];
    const create = (): Environment => {
      const environment = definition.create(environmentSettings(definition, given()));
      created.push(environment);
      return environment;
    };
    afterEach(async () => {
      await Promise.all(created.splice(0).map((environment) => environment.close?.()));
    });

    for (const [name, test] of Object.entries(conformanceTests)) {
      const exemption = skip.find((each) => each.test === name);
      if (exemption === undefined) it(name, () => test({ definition, settings: given(), actions, create }));
      else it.skip(`${name} (${exemption.reason})`);
    }
  });
}
