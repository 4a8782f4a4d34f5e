import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { alfworldText } from "./alfworld/text.ts";
import { alfworldThor } from "./alfworld/thor.ts";
import { blackjack } from "./blackjack/blackjack.ts";
import { elevator } from "./elevator/elevator.ts";
import type { EnvironmentDefinition } from "./environment.ts";
import { miniwob } from "./miniwob/miniwob.ts";
import { numberLine } from "./numberline/numberline.ts";
import { numberLineText } from "./numberline/numberline-text.ts";
import { phoneAdb } from "./phones/phone-adb.ts";
import { phoneCanvas } from "./phones/phone-canvas.ts";
import { ezPoints, points24 } from "./points/points.ts";

/** Every environment that an experiment can name. One line each. */
const definitions = new Map<string, EnvironmentDefinition>();
registerEnvironment(numberLine);
registerEnvironment(numberLineText);
registerEnvironment(elevator);
registerEnvironment(blackjack);
registerEnvironment(ezPoints);
registerEnvironment(points24);
registerEnvironment(alfworldText);
registerEnvironment(alfworldThor);
registerEnvironment(phoneCanvas);
registerEnvironment(phoneAdb);
registerEnvironment(miniwob);

/**
 * Makes an environment known under its id, for experiment files and commands of this process. A module that is loaded a
 * second time defines its environment anew.
 * @throws ConfigError when another definition has that id.
 */
export function registerEnvironment<Action, Settings extends z.ZodType, Quality extends z.ZodType>(
  definition: EnvironmentDefinition<Action, Settings, Quality>,
): void {
  const known = definitions.get(definition.id);
  const isAnother =
    known !== (definition as unknown) && (known?.module === undefined || known.module !== definition.module);
  if (known !== undefined && isAnother) {
    const where = known.module === undefined ? "an environment of this package" : known.module;
    throw new ConfigError(`environment ${definition.id}: the id is taken by ${where}; expected an id of its own`);
  }
  // Actions, settings and quality are opaque to callers, which only hand back what the definition itself produced.
  definitions.set(definition.id, definition as unknown as EnvironmentDefinition);
}

/** @throws ConfigError listing the known ids. */
export function environmentDefinition(id: string): EnvironmentDefinition {
  const definition = definitions.get(id);
  if (definition === undefined) {
    throw new ConfigError(
      `environment.id: expected one of ${environmentIds().join(", ")}, got ${JSON.stringify(id)}; an environment of your ` +
        "own is known once its module is imported",
    );
  }
  return definition;
}

export function environmentIds(): string[] {
  return [...definitions.keys()].sort();
}

export function environmentDefinitions(): EnvironmentDefinition[] {
  return [...definitions.values()];
}

/**
 * Settings with their defaults filled in.
 * @throws ConfigError naming each field that is wrong.
 */
export function environmentSettings(definition: EnvironmentDefinition, given: unknown): unknown {
  const parsed = definition.settings.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(`environment.settings of ${definition.id}:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
