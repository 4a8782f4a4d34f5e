import type { z } from "zod";
import type { Environment, EnvironmentDefinition, Observation } from "../environments/environment.ts";
import { environmentDefinition, environmentSettings } from "../environments/registry.ts";
import type { RandomStream } from "../random.ts";
import { conformanceTests } from "./conformance-tests.ts";
import { presentRunner, type TestRunner } from "./test-runner.ts";

export type { TestFunction, TestRunner } from "./test-runner.ts";

/** A test of the suite, by its title. */
export type TestName = keyof typeof conformanceTests;

/** Which environment is tested, and how it is driven. */
export type ConformanceOptions<
  Action,
  Settings extends z.ZodType = z.ZodType,
  Quality extends z.ZodType = z.ZodType,
> = ({ id: string } | { definition: EnvironmentDefinition<Action, Settings, Quality> }) & {
  /** As an experiment's `environment.settings`; a function where they are known only once tests run. */
  settings?: Readonly<Record<string, unknown>> | (() => unknown);
  /** An action that is legal now, drawn from `random` alone. */
  actions: (observation: Observation, random: RandomStream) => Action;
  /** What this environment cannot promise, and why. */
  skip?: readonly { test: TestName; reason: string }[];
  /** Whose `describe`, `it` and `afterEach`; the default is the runner's whose functions are global, or else `node:test`. */
  runner?: TestRunner;
};

/**
 * What every environment owes its callers, as a suite of tests: call it from the test file of an environment, by registered
 * `id` or with the `definition` itself. Every instance that a test creates is closed after it.
 *
 * ```ts
 * import { describeEnvironment } from "coso/conformance";
 *
 * describeEnvironment({ definition: catchGame, actions: (_, random) => random.pick(["left", "stay", "right"]) });
 * ```
 */
export function describeEnvironment<
  Action,
  Settings extends z.ZodType = z.ZodType,
  Quality extends z.ZodType = z.ZodType,
>(options: ConformanceOptions<Action, Settings, Quality>): void {
  // Settings are opaque here: the definition itself reads what is handed to `create`.
  const definition =
    "id" in options ? environmentDefinition(options.id) : (options.definition as unknown as EnvironmentDefinition);
  const { settings = {}, actions, skip = [] } = options;
  const { describe, it, afterEach } = options.runner ?? presentRunner();
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
      else it.skip(`${name} (${exemption.reason})`, () => undefined);
    }
  });
}
