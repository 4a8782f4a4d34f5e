import { ConfigError } from "../errors.ts";

/**
 * Applies `key.path=value` settings of the command line to an experiment, without checking the result.
 * A value is JSON where it can be read as such, text otherwise; a path through `null` opens an object there.
 * @throws ConfigError for text without `=` or with an empty key.
 */
export function applyOverrides(experiment: unknown, overrides: readonly string[]): unknown {
  return overrides.reduce<unknown>((changed, override) => {
    const equals = override.indexOf("=");
    const path = override.slice(0, Math.max(equals, 0)).split(".");
    if (equals < 1 || path.includes("")) {
      throw new ConfigError(`--set ${override}: expected key.path=value, such as --set algorithm.clip=0.2`);
    }
    return replaced(changed, path, parseValue(override.slice(equals + 1)));
  }, experiment);
}

/** A copy with `value` at `path`, such as `algorithm.clip`; the result is not checked. */
export function withSetting(experiment: unknown, path: string, value: unknown): unknown {
  return replaced(experiment, path.split("."), value);
}

function replaced(node: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const members = typeof node === "object" && node !== null ? (node as Record<string, unknown>) : {};
  return { ...members, [key]: replaced(members[key], rest, value) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
