import { existsSync } from "node:fs";
import { environmentDefinition } from "../environments/registry.ts";
import { ConfigError } from "../errors.ts";
import { sha256Of } from "../file-hash.ts";
import { parseSettings } from "./parse-settings.ts";
import type { Experiment } from "./schema.ts";

type Source = NonNullable<Experiment["sft"]>["demonstrations"];
type FileSource = Extract<Source, { file: string }>;
type ScriptedSource = Exclude<Source, FileSource>;

/** SFT with the defaults of the environment's demonstrator, or the hash of the user's file, filled in. */
export function resolveSft({ environment, sft }: Experiment): Experiment["sft"] {
  if (sft === null) return null;
  const { demonstrations: source } = sft;
  return { ...sft, demonstrations: "file" in source ? resolveFile(source) : resolveScripted(environment.id, source) };
}

/** A run that was resolved before can be looked at without its data. */
function resolveFile(source: FileSource): FileSource {
  if (existsSync(source.file)) return { ...source, sha256: sha256Of(source.file) };
  if (source.sha256 !== null) return source;
  throw new ConfigError(
    `sft.demonstrations.file: expected a file, relative to ${process.cwd()}, received ${JSON.stringify(source.file)}`,
  );
}

function resolveScripted(environmentId: string, source: ScriptedSource): ScriptedSource {
  const { demonstrations } = environmentDefinition(environmentId);
  if (demonstrations === undefined) {
    throw new ConfigError(
      `sft: \`${environmentId}\` has no scripted demonstrations to learn from; set sft: null, or sft.demonstrations.file`,
    );
  }
  const subject = `sft.demonstrations.quality of \`${environmentId}\``;
  const quality = parseSettings(demonstrations.quality, source.quality, subject);
  return { ...source, quality: quality as ScriptedSource["quality"] };
}
