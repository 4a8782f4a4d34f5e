import { CosoError } from "../errors.ts";
import type { JsonSchema } from "./schema.ts";

const WIDTH = 120;

/** Messages whose hand-written base in `protocol/base.py` checks more than their fields' types. */
const BASES: Readonly<Record<string, string>> = { Tensor: "DenseTensor" };

/**
 * The Python module for a protocol schema: a `msgspec.Struct` for each object, an alias for each other definition,
 * and the table from a method's wire name to its two classes.
 * @throws CosoError when the schema uses a construct that this generator does not know.
 */
export function pythonModule(schema: JsonSchema, hash: string): string {
  const definitions = dependenciesFirst(schema.$defs ?? {});
  const tagged = new Set(definitions.flatMap(([, definition]) => (definition.oneOf ?? []).map(referenceName)));
  const methods = Object.entries(schema.properties?.methods?.properties ?? {});
  return [
    '"""Everything that crosses the wire. Generated from ts/protocol/messages.ts by `npm run protocol`: do not edit."""',
    "",
    "from typing import Annotated, Final, Literal",
    "",
    "from msgspec import Meta, Raw",
    "",
    "from coso_worker.protocol.base import DenseTensor, Message, MethodTypes",
    "",
    `SCHEMA_HASH: Final = "${hash}"`,
    '"""SHA-256 of the schema\'s canonical JSON; `hello` compares it with the client\'s."""',
    ...definitions.flatMap(([name, definition]) =>
      definition.type === "object" && definition.properties !== undefined
        ? ["", "", ...classLines(name, definition, tagged.has(name)), "", ""]
        : ["", ...aliasLines(name, definition)],
    ),
    "",
    "METHODS: Final[dict[str, MethodTypes]] = {",
    ...methods.map(([name, { properties }]) => {
      const [params, result] = [properties?.params, properties?.result].map((part) => referenceName(part ?? {}));
      return `    "${name}": MethodTypes(${params}, ${result}),`;
    }),
    "}",
    '"""Wire name of a method → the classes of its params and result."""',
    "",
  ]
    .join("\n")
    .replaceAll(/\n{4,}/g, "\n\n\n");
}

/** Python evaluates an alias where it stands, so what it refers to must stand above it. */
function dependenciesFirst(definitions: Readonly<Record<string, JsonSchema>>): [string, JsonSchema][] {
  const ordered = new Map<string, JsonSchema>();
  const visit = (name: string): void => {
    const definition = definitions[name];
    if (definition === undefined || ordered.has(name)) return;
    for (const [, dependency] of JSON.stringify(definition).matchAll(/"#\/\$defs\/(\w+)"/g)) visit(dependency ?? "");
    ordered.set(name, definition);
  };
  for (const name of Object.keys(definitions)) visit(name);
  return [...ordered];
}

/** `actionStarts` → `action_starts`. msgspec's `rename="camel"` is its inverse. */
export function snakeCase(name: string): string {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const camel = snake.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  if (camel !== name || !/^[a-z]/.test(name)) {
    throw new CosoError(
      `Wire name "${name}" must be camelCase and survive snake_case and back; it came back "${camel}".`,
    );
  }
  return snake;
}

function classLines(name: string, schema: JsonSchema, isTagged: boolean): string[] {
  const properties = Object.entries(schema.properties ?? {});
  const optional = properties.map(([key]) => key).filter((key) => !schema.required?.includes(key));
  if (optional.length > 0 || schema.additionalProperties !== false) {
    throw new CosoError(`Message ${name} must be a z.strictObject without optional fields (use null): ${optional}`);
  }
  const tag = isTagged ? schema.properties?.kind?.const : undefined;
  const options = tag === undefined ? "" : `, tag_field="kind", tag="${tag}"`;
  const fields = properties
    .filter(([key]) => tag === undefined || key !== "kind")
    .flatMap(([key, field]) => [`    ${snakeCase(key)}: ${typeOf(field)}`, ...docstring(field, "    ")]);
  const body = [...docstring(schema, "    "), ...(fields.length > 0 && schema.description ? [""] : []), ...fields];
  return [`class ${name}(${BASES[name] ?? "Message"}${options}):`, ...(body.length > 0 ? body : ["    pass"])];
}

function aliasLines(name: string, schema: JsonSchema): string[] {
  const { description: _, ...unnamed } = schema;
  return [`${name} = ${typeOf(unnamed)}`, ...docstring(schema, "")];
}

function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return referenceName(schema);
  if (schema.const !== undefined) return `Literal["${schema.const}"]`;
  if (schema.enum !== undefined) return `Literal[${schema.enum.map((label) => `"${label}"`).join(", ")}]`;
  if (schema.format === "binary") return "bytes";
  const members = schema.oneOf ?? schema.anyOf;
  if (members !== undefined) return members.map(typeOf).join(" | ");
  switch (schema.type) {
    case undefined:
      return "Raw";
    case "null":
      return "None";
    case "boolean":
      return "bool";
    case "string":
      return bounded("str", { min_length: schema.minLength });
    case "integer":
      return bounded("int", { ge: schema.minimum, le: schema.maximum });
    case "number":
      return bounded("float", { gt: schema.exclusiveMinimum, ge: schema.minimum, le: schema.maximum });
    case "array":
      return bounded(`list[${typeOf(schema.items ?? {})}]`, { min_length: schema.minItems });
    case "object":
      if (typeof schema.additionalProperties === "object") return `dict[str, ${typeOf(schema.additionalProperties)}]`;
  }
  throw new CosoError(
    `No Python type for ${JSON.stringify(schema)}: give an inner object a \`.meta({ id })\` in ts/protocol/messages.ts, ` +
      "or teach ts/protocol/python.ts this construct.",
  );
}

function bounded(type: string, bounds: Readonly<Record<string, number | undefined>>): string {
  const given = Object.entries(bounds).filter(([, bound]) => bound !== undefined);
  if (given.length === 0) return type;
  return `Annotated[${type}, Meta(${given.map(([name, bound]) => `${name}=${bound}`).join(", ")})]`;
}

function referenceName(schema: JsonSchema): string {
  const prefix = "#/$defs/";
  if (!schema.$ref?.startsWith(prefix)) throw new CosoError(`Expected a named message, got ${JSON.stringify(schema)}`);
  return schema.$ref.slice(prefix.length);
}

function docstring({ description }: JsonSchema, indent: string): string[] {
  if (description === undefined) return [];
  const oneLine = `${indent}"""${description}"""`;
  if (oneLine.length <= WIDTH) return [oneLine];
  const lines = [`${indent}"""`];
  for (const word of description.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (`${line} ${word}`.length <= WIDTH)
      lines[lines.length - 1] = /("""|^\s*)$/.test(line) ? line + word : `${line} ${word}`;
    else lines.push(indent + word);
  }
  return [...lines, `${indent}"""`];
}
