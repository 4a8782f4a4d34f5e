import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { curveKeyPair } from "zeromq";
import { z } from "zod";
import { ConfigError, messageOf } from "../errors.ts";

/** A CURVE key as text (Z85). */
const key = z.string().length(40);

/** `tcp://HOST:PORT`; an IPv6 address in brackets. */
export const tcpAddress = z
  .string()
  .regex(/^tcp:\/\/(\[[0-9a-fA-F:.%]+\]|[^\s:/[\]]+):[1-9]\d{0,4}$/, "expected tcp://HOST:PORT")
  // ZeroMQ takes a larger number for another port without a word.
  .refine((address) => Number(address.slice(address.lastIndexOf(":") + 1)) <= 65_535, "expected a port up to 65535");

const workerKeys = z.strictObject({ publicKey: key, secretKey: key, allowedClients: z.array(key) });

const clientKey = z.strictObject({
  address: tcpAddress,
  serverPublicKey: key,
  publicKey: key,
  secretKey: key,
});

/** What a client needs to reach a worker, to be sure that it is that one, and to be let in. */
export type ClientKey = z.output<typeof clientKey>;

/** What the file for the client is called. */
export const CLIENT_KEY_FILE = "coso-worker-key.json";

const OWNER_ONLY = 0o600;
const OPEN_TO_OTHERS = 0o077;

/** Where the keys of a worker lie. */
export interface KeyFiles {
  /** The client's, to be copied; null where it was taken away already. */
  readonly clientFile: string | null;
  /** How the client's key says that the worker is reached; null without the file. */
  readonly address: string | null;
  /** Whether they were made just now. */
  readonly isNew: boolean;
}

/**
 * Makes the keys of a worker and of its client, or finds those that were made before.
 * @param workerFile the worker's own; the client's lies beside it as `coso-worker-key.json`
 * @param address how clients reach the worker; entered in the client's file where that is still there
 * @throws ConfigError for files that others may open, that hold something else, or of which the worker's alone is missing.
 */
export function prepareKeys(workerFile: string, address: string): KeyFiles {
  const clientFile = join(dirname(workerFile), CLIENT_KEY_FILE);
  const hasClientFile = existsSync(clientFile);
  if (!existsSync(workerFile)) {
    if (hasClientFile) {
      throw new ConfigError(
        `--keys: ${clientFile} is the key to another worker, since ${workerFile} does not exist; name that worker's ` +
          "file, or one in another folder",
      );
    }
    const worker = curveKeyPair();
    const client = curveKeyPair();
    writeSecret(workerFile, { ...worker, allowedClients: [client.publicKey] });
    writeSecret(clientFile, { address, serverPublicKey: worker.publicKey, ...client });
    return { clientFile, address, isNew: true };
  }
  const worker = readSecret(workerKeys, workerFile, "--keys");
  if (!hasClientFile) return { clientFile: null, address: null, isNew: false };
  const client = readSecret(clientKey, clientFile, "--keys");
  if (client.serverPublicKey !== worker.publicKey || !worker.allowedClients.includes(client.publicKey)) {
    throw new ConfigError(`--keys: ${clientFile} is no key to the worker of ${workerFile}; move one of them away`);
  }
  if (client.address !== address) writeSecret(clientFile, { ...client, address });
  return { clientFile, address, isNew: false };
}

/** @throws ConfigError for a file that is missing, that others may open, or that holds no client's key. */
export function readClientKey(file: string): ClientKey {
  return readSecret(clientKey, file, "worker.connect", "; null takes a worker of this host");
}

function readSecret<Schema extends z.ZodType>(
  schema: Schema,
  file: string,
  setting: string,
  instead = "",
): z.output<Schema> {
  const mend = `\`npx coso worker\` on the worker's host writes ${CLIENT_KEY_FILE}, to be copied${instead}`;
  let text: string;
  let mode: number;
  try {
    mode = statSync(file).mode;
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`${setting}: cannot read ${file}: ${messageOf(cause)}; ${mend}`, { cause });
  }
  if ((mode & OPEN_TO_OTHERS) !== 0) {
    throw new ConfigError(
      `${setting}: ${file} has mode ${(mode & 0o777).toString(8).padStart(4, "0")}, so that others on this host may ` +
        `open it; run \`chmod 600 ${file}\``,
    );
  }
  // What is wrong is told without what was found: it may be a secret.
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ConfigError(`${setting}: ${file}: expected JSON, found ${text.length} characters of none; ${mend}`);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  throw new ConfigError(`${setting}: ${file}: ${wrong.join("; ")}; ${mend}`);
}

function writeSecret(file: string, content: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: OWNER_ONLY });
    chmodSync(file, OWNER_ONLY);
  } catch (cause) {
    throw new ConfigError(`--keys: cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}
