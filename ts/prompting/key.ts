import { EndpointError } from "../errors.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * The key from the environment, null where the endpoint takes none. Read when the first request is made: a table can
 * be rebuilt from kept answers without it.
 * @throws EndpointError `key` that names the variable, and never what it holds.
 */
export function readKey({ keyVariable, baseUrl }: Endpoint, environment: NodeJS.ProcessEnv = process.env) {
  if (keyVariable === null) return null;
  const key = environment[keyVariable]?.trim() ?? "";
  if (key === "") {
    throw new EndpointError(
      "key",
      `${keyVariable}: expected the key of ${baseUrl} in this environment variable, found nothing; ` +
        "set it, or endpoint.keyVariable to another name, or to null for a server without keys",
    );
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new EndpointError(
      "key",
      `${keyVariable}: holds blanks or characters that no key has, so it was not sent; set it again`,
    );
  }
  return key;
}

/** `text` as it may be shown and kept, should a server have repeated the key. */
export function withoutKey(text: string, key: string | null): string {
  return key === null ? text : text.replaceAll(key, "[key]");
}
