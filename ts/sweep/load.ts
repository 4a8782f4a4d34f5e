import { type Experiment, importDefault } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { isSweep, type Sweep, trialsOf } from "./definition.ts";

/** @throws ConfigError when the file is missing, or its default export is no sweep. */
export async function loadSweep(file: string): Promise<Sweep> {
  const input = await importDefault(file, "defineSweep");
  if (!isSweep(input)) {
    throw new ConfigError(`${file}: expected a sweep; end the file with export default defineSweep({ … })`);
  }
  return input;
}

/** @throws ConfigError when the file is no sweep, or has no such trial. */
export async function loadTrial(file: string, name: string): Promise<Experiment> {
  const trials = trialsOf(await loadSweep(file));
  const trial = trials.find((each) => each.name === name);
  if (trial === undefined) {
    const known = trials.slice(0, 20).map((each) => `  ${each.name}`);
    const more = trials.length > known.length ? `\n  and ${trials.length - known.length} more` : "";
    throw new ConfigError(`${file}: no trial ${name}; there are\n${known.join("\n")}${more}`);
  }
  return trial.experiment;
}
