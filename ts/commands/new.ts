import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { writeNewEnvironment } from "../new-environment.ts";
import { isInstalled } from "../processes/installation.ts";

interface NewFlags {
  out?: string;
  json?: boolean;
}

export function newCommand(print: (text: string) => void = console.log): Command {
  const command = new Command("new").description("Write files to start from.");
  command
    .command("environment")
    .description("Write a working environment: game, demonstrator, conformance test, and an experiment that trains.")
    .argument("<name>", "its id: lower-case letters, digits and dashes")
    .option("--out <dir>", "folder to write; must not exist (default: environments/<name>)")
    .option("--json", "print only the paths of what was written, as JSON")
    .addHelpText("after", EXAMPLES)
    .action((name: string, { out, json }: NewFlags) => {
      const directory = out ?? join("environments", name);
      const files = writeNewEnvironment(name, directory);
      print(json ? JSON.stringify({ files }, null, 2) : `${files.join("\n")}\n\n${nextSteps(name, directory)}`);
    });
  return command.addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  coso new environment my-game
  coso new environment my-game --out games/my-game

It is a small game that works: change it into yours, and keep its conformance test passing.`;

function nextSteps(name: string, directory: string): string {
  const own = join(directory, `${name}.ts`);
  const test = join(directory, `${name}.test.ts`);
  const lines = [
    ...(isOfModules() ? [] : ["make this a project of ES modules:  npm pkg set type=module"]),
    `play it by hand:  npx coso play ${own} --images frames`,
    `test it:          ${isInstalled ? "node --import tsx --test" : "npx mocha"} ${test}`,
    `train an agent:   npx coso train ${join(directory, "experiment.ts")}`,
  ];
  return lines.join("\n");
}

/** Whether the project in the working directory has ES modules, without which experiments cannot be imported. */
function isOfModules(): boolean {
  if (!existsSync("package.json")) return false;
  const manifest: unknown = JSON.parse(readFileSync("package.json", "utf8"));
  return typeof manifest === "object" && manifest !== null && Reflect.get(manifest, "type") === "module";
}
