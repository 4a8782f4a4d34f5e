import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { pythonCommand } from "../ts/processes/python-command.ts";
import type { Summary } from "../ts/train.ts";
import { rejection } from "./rejection.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const PAGE = readFileSync(join(ROOT, "docs/new-environment.md"), "utf8");
/** Without scripts: zeromq brings its binary along, and nothing here needs esbuild's own installer. */
const INSTALL = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
/** Enough to learn the format and a little of the game. */
const SHORT = [
  "sft.demonstrations.count=1000",
  "sft.steps=250",
  "sft.batchSize=16",
  "sft.microBatch=16",
  "sft.learningRate=0.003",
  "scm.pretraining.utterances=100",
  "scm.pretraining.steps=10",
  "rollout.environments=16",
  "iterations=2",
  "evaluation.episodes=100",
];

describe("the package in a project of somebody else's", function () {
  this.timeout(600_000);
  const at = temporaryFolder();
  const project = (...names: string[]) => at("project", ...names);
  const [python = ""] = pythonCommand();
  const run = (command: string, ...args: string[]) =>
    execa(command, args, { cwd: project(), env: { COSO_PYTHON: python }, preferLocal: true, localDir: project() });
  const coso = (...args: string[]) => run("coso", ...args);

  before("packs and installs it, and writes the guide's code", async () => {
    mkdirSync(project());
    const { stdout } = await execa("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", at()], {
      cwd: ROOT,
    });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    writeFileSync(project("package.json"), '{"name": "my-agents", "private": true, "type": "module"}');
    await run("npm", "install", ...INSTALL, at(filename));
    // What a user adds by `npm install --save-dev typescript @types/node`, as this checkout has it.
    mkdirSync(project("node_modules/@types"), { recursive: true });
    for (const tool of ["typescript", "@types/node"]) {
      symlinkSync(join(ROOT, "node_modules", tool), project("node_modules", tool));
    }
    for (const [, file = "", code = ""] of PAGE.matchAll(/```ts\n\/\/ (environments\/\S+)\n(.*?)```/gs)) {
      mkdirSync(project(dirname(file)), { recursive: true });
      writeFileSync(project(file), code);
    }
  });

  it("holds what it needs, and nothing of its own tests", () => {
    const held = readdirSync(project("node_modules/coso"));
    expect(held).to.have.members([
      "LICENSE",
      "README.md",
      "bin",
      "dist",
      "docs",
      "package.json",
      "python",
      "requirements-pretrained-scm.txt",
      "requirements.txt",
      "scripts",
      "templates",
    ]);
    expect(readdirSync(project("node_modules/coso/python"))).not.to.include("tests");
  });

  it("has types, for the guide's code and for the script at its end", async () => {
    const [, command = ""] = /^npx (tsc .*) environments\/catch\/\*\.ts$/m.exec(PAGE) ?? [];
    const [script = ""] = /^import \{ evaluateRun.*?(?=```)/ms.exec(PAGE) ?? [];
    writeFileSync(project("script.ts"), script);
    const files = readdirSync(project("environments/catch")).map((file) => `environments/catch/${file}`);
    const { stdout } = await run(
      "node",
      "node_modules/typescript/bin/tsc",
      ...command.split(" ").slice(1),
      "script.ts",
      ...files,
    );
    expect(stdout).to.equal("");
    expect(files).to.have.length(5);
    expect(script).to.include("await train(experiment");
  });

  it("tests an environment by Node's own runner", async () => {
    const { stdout } = await run("node", "--import", "tsx", "--test", "environments/catch/catch.test.ts");
    expect(stdout).to.match(/# pass 15\n# fail 0/);
  });

  it("writes a new environment that imports it by name", async () => {
    const { stdout } = await coso("new", "environment", "second");
    expect(stdout).to.include("node --import tsx --test environments/second/second.test.ts");
    expect(readFileSync(project("environments/second/game.ts"), "utf8")).to.equal(
      readFileSync(project("environments/catch/game.ts"), "utf8"),
    );
    writeFileSync(project("episode.jsonl"), '{"actions": ["left", "stay", "right", "stay"]}\n');
    const played = await coso("play", "environments/second/second.ts", "--script", "episode.jsonl", "--json");
    expect(JSON.parse(played.stdout)).to.have.property("steps").with.length(4);
  });

  it("trains an agent on it, which gets better, and finds the environment again in other processes", async () => {
    const { stdout } = await coso("train", "environments/catch/experiment.ts", "--json", "--set", ...SHORT);
    const summary = JSON.parse(stdout) as Summary;
    const [first] = summary.stages;
    expect(first?.stage).to.equal("before SFT");
    expect(summary.successRate).to.be.above((first?.sampled.rate ?? 1) + 0.1);
    const { stdout: evaluated } = await coso("eval", "runs/catch-seed0", "--json");
    expect(JSON.parse(evaluated)).to.deep.include({ episodes: 100, rate: summary.successRate });
    const config = JSON.parse(readFileSync(project("runs/catch-seed0/config.json"), "utf8"));
    expect(config.environmentModule.fromRun).to.equal("../../environments/catch/catch.ts");
    expect(config.revision).to.equal(null);
  });

  it("shows its runs in a browser's page, bundled when the package was made", async () => {
    const viewer = execa("coso", ["view", "runs", "--port", "0"], {
      cwd: project(),
      preferLocal: true,
      localDir: project(),
      reject: false,
    });
    try {
      const [said] = (await once(createInterface({ input: viewer.stdout }), "line")) as [string];
      const [url = ""] = /http:\S+/.exec(said) ?? [];
      const [page, script, runs] = await Promise.all(
        ["", "page.js", "api/runs"].map(async (path) => (await fetch(`${url}${path}`)).text()),
      );
      expect(page).to.include("/page.js");
      expect(script).to.have.length.above(10_000);
      expect(runs).to.include('"catch-seed0"');
    } finally {
      viewer.kill("SIGINT");
      await viewer;
    }
  });

  it("says what a project of CommonJS lacks", async () => {
    mkdirSync(project("commonjs"));
    // As `npm init --yes` writes it.
    writeFileSync(project("commonjs", "package.json"), '{"type": "commonjs"}');
    cpSync(project("environments/catch"), project("commonjs/catch"), { recursive: true });
    for (const [command, file] of [
      ["play", "commonjs/catch/catch.ts"],
      ["train", "commonjs/catch/experiment.ts"],
    ] as const) {
      const { message } = await rejection(coso(command, file));
      expect(message)
        .to.include("expected an ES module, and its folder says CommonJS")
        .and.include("npm pkg set type=module");
    }
  });

  it("leaves the paper's tables to a checkout, which has their experiments", async () => {
    const { message } = await rejection(coso("reproduce", "figure4", "--no-run"));
    expect(message).to.include("which its package leaves out; use a checkout");
  });

  it("sets nothing up over somebody else's .venv", async () => {
    mkdirSync(project(".venv"));
    const { message } = await rejection(coso("setup"));
    expect(message).to.include(".venv is there already, and no set-up of coso has finished it");
    expect(message).to.include("-m pip install -r node_modules/coso/requirements.txt");
    expect(readdirSync(project(".venv"))).to.deep.equal([]);
  });

  it("says how to get a Python where there is none", async () => {
    const options = { cwd: project(), preferLocal: true, localDir: project(), reject: false } as const;
    const { stderr } = await execa("coso", ["eval", "runs/catch-seed0"], {
      ...options,
      env: { COSO_PYTHON: undefined },
    });
    expect(stderr).to.include(`No Python at ${project(".venv/bin/python")}. Run \`npx coso setup\``);
  });
});
