import { importDefault } from "../config/load.ts";
import { applyOverrides } from "../config/overrides.ts";
import { parseSettings } from "../config/parse-settings.ts";
import { type JudgeInput, type JudgeSettings, judgeSchema } from "./settings.ts";

/**
 * Checks a judge's settings and fills in its defaults.
 *
 * ```ts
 * export default defineJudge({ endpoint: { kind: "gemini", model: "gemini-2.5-flash" }, shots: "shots/general" });
 * ```
 * @throws ConfigError with a line for everything that is wrong: the path, what was expected, what came, the mend.
 */
export function defineJudge(input: JudgeInput): JudgeSettings {
  return parseSettings(judgeSchema, input, "judge");
}

/**
 * Imports a judge's file and applies the command line's changes (`key.path=value` each) to its default export.
 * @throws ConfigError when the file is missing, has no default export, or is none.
 */
export async function loadJudge(file: string, set: readonly string[]): Promise<JudgeSettings> {
  return defineJudge(applyOverrides(await importDefault(file, "defineJudge"), set) as JudgeInput);
}
