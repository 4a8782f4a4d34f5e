import type { EnvironmentDefinition } from "../environments/environment.ts";
import type { Placeholders } from "../environments/prompt-setting.ts";
import { environmentSettings } from "../environments/registry.ts";
import { slotTexts } from "./prompt-templates.ts";

/**
 * The environment's own wording that all prompts are in, that of the settings first: what stands at its placeholders is
 * what may stand there. Found so where rows would not tell what is constant, as where every scene begins with "You".
 */
export function knownWording(
  definition: EnvironmentDefinition,
  settings: unknown,
  prompts: readonly string[],
): string | null {
  const { prompt } = definition;
  if (prompt === undefined) return null;
  const named = prompt.names.map((name) =>
    prompt.template(environmentSettings(definition, { ...(settings as object), prompt: name })),
  );
  const distinct = [...new Set(prompts)];
  const wordings = [prompt.template(settings), ...named];
  return wordings.find((wording) => distinct.every((each) => isWordedAs(wording, prompt.placeholders, each))) ?? null;
}

function isWordedAs(wording: string, placeholders: Placeholders, prompt: string): boolean {
  const words = Object.keys(placeholders);
  const parts = words.length === 0 ? [wording] : wording.split(new RegExp(`\\{(${words.join("|")})\\}`));
  const pieces = parts.filter((_, index) => index % 2 === 0);
  const texts = slotTexts(pieces, prompt);
  return texts?.every((text, slot) => placeholders[parts[2 * slot + 1] ?? ""]?.test(text) === true) ?? false;
}
