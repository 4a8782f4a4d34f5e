import { ConfigError } from "../errors.ts";
import { experimentMembers, type MembersOfKind } from "./kind-members.ts";

/**
 * Applies `key.path=value` settings of the command line to an experiment, without checking the result.
 * A value is JSON where it can be read as such, text otherwise; a path through `null` opens an object there. Another kind,
 * such as `worker.engine.kind=vllm`, takes away what `membersOf` does not know of it; kinds are set before all else.
 * @throws ConfigError for text without `=` or with an empty key.
 */
export function applyOverrides(
  experiment: unknown,
  overrides: readonly string[],
  membersOf: MembersOfKind = () => null,
): unknown {
  const settings = overrides.map((override) => {
    const equals = override.indexOf("=");
    const path = override.slice(0, Math.max(equals, 0)).split(".");
    if (equals < 1 || path.includes("")) {
      throw new ConfigError(`--set ${override}: expected key.path=value, such as --set algorithm.clip=0.2`);
    }
    return { path, value: parseValue(override.slice(equals + 1)) };
  });
  const kindsFirst = [...settings.filter(isKind), ...settings.filter((setting) => !isKind(setting))];
  return kindsFirst.reduce<unknown>(
    (changed, setting) => replaced(withoutStrangers(changed, setting, membersOf), setting.path, setting.value),
    experiment,
  );
}

/** The same of an experiment, whose kinds are known. */
export function overriddenExperiment(experiment: unknown, overrides: readonly string[]): unknown {
  return applyOverrides(experiment, overrides, experimentMembers);
}

/** A copy with `value` at `path`, such as `algorithm.clip`; the result is not checked. */
export function withSetting(experiment: unknown, path: string, value: unknown): unknown {
  const setting = { path: path.split("."), value };
  return replaced(withoutStrangers(experiment, setting, experimentMembers), setting.path, value);
}

interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

function isKind({ path }: Setting): boolean {
  return path.at(-1) === "kind";
}

/** Without the members that the kind which is set does not have. */
function withoutStrangers(experiment: unknown, setting: Setting, membersOf: MembersOfKind): unknown {
  const owner = setting.path.slice(0, -1);
  const known = isKind(setting) ? membersOf(owner, setting.value) : null;
  const found = owner.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), experiment);
  if (known === null || !isObject(found)) return experiment;
  return replaced(experiment, owner, Object.fromEntries(Object.entries(found).filter(([key]) => known.has(key))));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function replaced(node: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const members = isObject(node) ? node : {};
  return { ...members, [key]: replaced(members[key], rest, value) };
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
