import { z } from "zod";
import { nearest } from "./nearest.ts";

/**
 * One line an issue: path, what was expected, what came, and the mend where there is one.
 * @param subject what `input` is called as a whole
 */
export function describeIssues(schema: z.ZodType, input: unknown, error: z.ZodError, subject = "experiment"): string[] {
  return error.issues.flatMap((issue) => describeIssue(schema, input, issue, subject));
}

function describeIssue(schema: z.ZodType, input: unknown, issue: z.core.$ZodIssue, subject: string): string[] {
  const path = issue.path.map(String);
  const where = path.length === 0 ? `the ${subject}` : path.join(".");
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, input, path);
      return issue.keys.map((key) => {
        const full = [...path, key].join(".");
        const guess = nearest(key, known);
        const mend = guess === undefined ? `known here: ${known.join(", ")}` : `did you mean \`${guess}\`?`;
        return `${full}: no such setting; ${mend}`;
      });
    }
    case "invalid_type":
      return [
        issue.input === undefined
          ? `${where}: missing; expected ${issue.expected}`
          : `${where}: expected ${issue.expected}, received ${show(issue.input)}`,
      ];
    case "invalid_value": {
      const values = issue.values.map(String);
      const guess = typeof issue.input === "string" ? nearest(issue.input, values) : undefined;
      const mend = guess === undefined ? "" : `; did you mean "${guess}"?`;
      return [
        `${where}: expected ${values.map((value) => `"${value}"`).join(" | ")}, received ${show(issue.input)}${mend}`,
      ];
    }
    case "invalid_union": {
      const kinds = kindsAt(schema, input, path.slice(0, -1));
      const inner = kinds.length === 0 ? leastWrong(issue.errors) : undefined;
      if (inner !== undefined) {
        return inner.flatMap((each) =>
          describeIssue(schema, input, { ...each, path: [...issue.path, ...each.path] }, subject),
        );
      }
      const expected = kinds.length === 0 ? issue.message : kinds.map((kind) => `"${kind}"`).join(" | ");
      return [`${where}: expected ${expected}, received ${show(valueAt(input, path))}`];
    }
    case "too_small":
      return [
        `${where}: expected ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}, received ${show(issue.input)}`,
      ];
    case "too_big":
      return [
        `${where}: expected ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}, received ${show(issue.input)}`,
      ];
    default:
      return [
        `${where}: ${issue.message}${"input" in issue && issue.input !== undefined ? `, received ${show(issue.input)}` : ""}`,
      ];
  }
}

/** Keys that the object at `path` may have, as far as the schema and the input's `kind` tell. */
function keysAt(schema: z.ZodType, input: unknown, path: readonly string[]): string[] {
  const found = descend(schema, input, path);
  const options = found instanceof z.ZodUnion ? found.options : [found];
  return [...new Set(options.flatMap((option) => (option instanceof z.ZodObject ? Object.keys(option.shape) : [])))];
}

/** The issues of the member of a union that the input comes closest to. */
function leastWrong(errors: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const sizes = errors.map((issues) =>
    issues.reduce((size, each) => size + (each.code === "unrecognized_keys" ? each.keys.length : 1), 0),
  );
  return errors[sizes.indexOf(Math.min(...sizes))];
}

/** Values of `kind` that the union at `path` may have. */
function kindsAt(schema: z.ZodType, input: unknown, path: readonly string[]): string[] {
  let found = unwrap(schema);
  let value = input;
  for (const key of path) {
    found = unwrap(memberOf(chosen(found, value), key));
    value = valueAt(value, [key]);
  }
  return found instanceof z.ZodDiscriminatedUnion ? found.options.flatMap((option) => kindOf(option) ?? []) : [];
}

function descend(schema: z.ZodType, input: unknown, path: readonly string[]): z.core.$ZodType | undefined {
  let found = chosen(unwrap(schema), input);
  let value = input;
  for (const key of path) {
    value = valueAt(value, [key]);
    found = chosen(unwrap(memberOf(found, key)), value);
  }
  return found;
}

function memberOf(schema: z.core.$ZodType | undefined, key: string): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodObject ? schema.shape[key] : undefined;
}

/** Takes off defaults and nullability. */
function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodNullable) {
    inner = inner.unwrap();
  }
  return inner;
}

/** The member of a union that the input's `kind` names, or that is meant where it has none; other schemas as they are. */
function chosen(schema: z.core.$ZodType | undefined, input: unknown): z.core.$ZodType | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const kind = valueAt(input, ["kind"]);
  return schema.options.find((option) => (kind === undefined ? hasDefaultKind(option) : kindOf(option) === kind));
}

function hasDefaultKind(option: z.core.$ZodType): boolean {
  return option instanceof z.ZodObject && option.shape.kind instanceof z.ZodDefault;
}

function kindOf(option: z.core.$ZodType): string | undefined {
  const kind = option instanceof z.ZodObject ? unwrap(option.shape.kind) : undefined;
  return kind instanceof z.ZodLiteral ? String(kind.value) : undefined;
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
