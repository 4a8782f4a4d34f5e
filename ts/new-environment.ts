import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { environmentIds } from "./environments/registry.ts";
import { ConfigError } from "./errors.ts";
import { isInstalled, packageRoot } from "./processes/installation.ts";

/** Files of an environment named `catch`, with its conformance test and an experiment that trains; checked like all code. */
const TEMPLATE = join(packageRoot, "templates/environment");
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** As the formatter has it. */
const LINE_WIDTH = 120;

/**
 * Writes a working environment to start from: the game, its demonstrator, its conformance test, and an experiment.
 * @param directory must not exist yet
 * @returns the files, the environment's own first
 * @throws ConfigError for a name that cannot be one, or where something is there already
 */
export function writeNewEnvironment(name: string, directory: string): string[] {
  if (!NAME.test(name)) {
    throw new ConfigError(
      `new environment: expected a name of lower-case letters, digits and dashes, such as my-game, got ${JSON.stringify(name)}`,
    );
  }
  if (environmentIds().includes(name)) {
    throw new ConfigError(`new environment: ${name} is the id of an environment of this package; choose another name`);
  }
  if (existsSync(directory)) {
    throw new ConfigError(`${directory}: is there already, and nothing is overwritten; choose another name or --out`);
  }
  mkdirSync(directory, { recursive: true });
  const files = newEnvironment(name, importsFrom(directory));
  for (const [file, text] of files) writeFileSync(join(directory, file), text, { flag: "wx" });
  return [...files.keys()].map((file) => join(directory, file));
}

/** What files of an environment import this package and its conformance suite by. */
export interface Specifiers {
  readonly coso: string;
  readonly conformance: string;
}

/** The files by name, the environment's own first. */
export function newEnvironment(name: string, { coso, conformance }: Specifiers): Map<string, string> {
  const variable = `${name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Game`;
  const named = readdirSync(TEMPLATE).map((file): [string, string] => {
    const text = readFileSync(join(TEMPLATE, file), "utf8")
      .replaceAll('"../../ts/index.ts"', JSON.stringify(coso))
      .replaceAll('"../../ts/conformance/describe-environment.ts"', JSON.stringify(conformance))
      .replaceAll('"catch"', JSON.stringify(name))
      .replaceAll("./catch.ts", `./${name}.ts`)
      .replaceAll("catchGame", variable);
    return [file.replace("catch", name), onOneLine(text)];
  });
  const own = `${name}.ts`;
  return new Map(
    named.sort(([one], [other]) => Number(other === own) - Number(one === own) || one.localeCompare(other)),
  );
}

function importsFrom(directory: string): Specifiers {
  if (isInstalled) return { coso: "coso", conformance: "coso/conformance" };
  const source = (file: string): string => {
    const path = relative(resolve(directory), join(packageRoot, "ts", file))
      .split(sep)
      .join("/");
    return path.startsWith(".") ? path : `./${path}`;
  };
  return { coso: source("index.ts"), conformance: source("conformance/describe-environment.ts") };
}

/** Imports that were broken over lines for a longer path than theirs. */
function onOneLine(text: string): string {
  return text.replaceAll(/^import \{\n((?: {2}.*,\n)+)\} (from .*;)$/gm, (whole, names: string, from: string) => {
    const line = `import { ${names.trim().replaceAll(/,\s+/g, ", ").replace(/,$/, "")} } ${from}`;
    return line.length <= LINE_WIDTH ? line : whole;
  });
}
