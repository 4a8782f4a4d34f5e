import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPTS = fileURLToPath(new URL("../../scripts/", import.meta.url));

/** What a fake interpreter says of itself. */
export interface FakePython {
  version: `3.${number}.${number}`;
  hasVenv: boolean;
}

export interface Outcome {
  code: number | null;
  output: string;
}

/**
 * The real set-up scripts in a folder of their own, on a machine of which everything is known: its PATH holds a fake
 * npm and the fake Pythons asked for, which write down how they were called.
 */
export class FakeCheckout {
  readonly root = mkdtempSync(join(tmpdir(), "coso-setup-test-"));
  readonly #bin = join(this.root, "machine/bin");

  constructor(pythons: Readonly<Record<string, FakePython>>) {
    mkdirSync(this.#bin, { recursive: true });
    cpSync(SCRIPTS, join(this.root, "scripts"), { recursive: true });
    this.write("package.json", "{}");
    this.write("package-lock.json", lockOf({ left: "1.0.0" }));
    this.write("requirements.txt", "# a comment\nnumpy==2.4.6\ntorch==2.13.0\n");
    this.write("requirements-dev.txt", "ruff==0.17.6\n");
    this.#executable("npm", FAKE_NPM);
    for (const [name, python] of Object.entries(pythons)) this.addPython(name, python);
  }

  addPython(name: string, { version, hasVenv }: FakePython): void {
    const answer = { version, minor: Number(version.split(".")[1]), hasVenv };
    this.#executable(name, `const ANSWER = ${JSON.stringify(answer)};\n${FAKE_PYTHON}`);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** Runs set-up; `env` says which of the fakes' failures to play. */
  async setUp(
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    nodeArgs: readonly string[] = [],
  ) {
    const child = spawn(process.execPath, [...nodeArgs, join(this.root, "scripts/setup.mjs"), ...args], {
      env: { PATH: this.#bin, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    return await new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, output })));
  }

  /** What was called since the last look, oldest first. @param home where set-up works, within the checkout */
  calls(home = "."): string[] {
    try {
      const calls = readFileSync(join(this.root, home, "calls.log"), "utf8")
        .trimEnd()
        .split("\n");
      this.remove(join(home, "calls.log"));
      return calls;
    } catch {
      return [];
    }
  }

  dispose(): void {
    rmSync(this.root, { recursive: true });
  }

  #executable(name: string, source: string): void {
    writeFileSync(join(this.#bin, name), `#!${process.execPath}\n${source}`);
    chmodSync(join(this.#bin, name), 0o755);
  }
}

/** A package-lock.json with these packages and an optional one that was made for another platform. */
export function lockOf(versions: Readonly<Record<string, string>>): string {
  const packages = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }] as const);
  const foreign = ["node_modules/binary-plan9", { version: "1.0.0", optional: true }] as const;
  return JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries([["", {}], ...packages, foreign]) });
}

const FAKE_NPM = `
const fs = require("node:fs");
fs.appendFileSync("calls.log", "npm " + process.argv[2] + "\\n");
if (process.env.FAKE_NPM_FAILURE) {
  console.error(process.env.FAKE_NPM_FAILURE);
  process.exit(1);
}
const { packages } = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
const installed = Object.fromEntries(Object.entries(packages).filter(([path, { optional }]) => path && !optional));
fs.mkdirSync("node_modules", { recursive: true });
fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages: installed }));
`;

const FAKE_PYTHON = `
const fs = require("node:fs");
const path = require("node:path");
const args = process.argv.slice(2);
const log = (call) => fs.appendFileSync("calls.log", call + "\\n");
const sitePackages = path.join(__dirname, "../site-packages");
if (args[0] === "-c") console.log(JSON.stringify(ANSWER));
else if (args[0] === "-I") console.log(sitePackages);
else if (args[1] === "venv") {
  log(path.basename(__filename) + " -m venv");
  fs.mkdirSync(".venv/bin", { recursive: true });
  fs.mkdirSync(".venv/site-packages");
  fs.copyFileSync(__filename, ".venv/bin/python");
} else if (args[1] === "pip") {
  const wanted = args.filter((arg) => !arg.startsWith("-") && arg !== "pip" && arg !== "install");
  log("pip install " + wanted.join(" "));
  if (process.env.FAKE_PIP_KILLS === "setup") process.kill(process.ppid, "SIGKILL");
  if (process.env.FAKE_PIP_KILLS) process.kill(process.pid, "SIGKILL");
  if (process.env.FAKE_PIP_FAILURE) {
    console.error("Collecting\\n" + process.env.FAKE_PIP_FAILURE);
    process.exit(1);
  }
  const lines = wanted.flatMap((what) => (what.endsWith(".txt") ? fs.readFileSync(what, "utf8").split("\\n") : [what]));
  for (const line of lines) {
    const [name, version] = line.split("==");
    if (version) fs.mkdirSync(path.join(sitePackages, name + "-" + version + "+cpu.dist-info"), { recursive: true });
  }
}
`;
