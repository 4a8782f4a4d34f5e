import { join, relative } from "node:path";
import { isInstalled, packagedPath, projectRoot, SETUP_COMMAND } from "../processes/installation.ts";
import { vllmInstallCommand } from "../processes/vllm-python.ts";
import { SINK_REQUIREMENTS } from "../sinks/messages.ts";
import { PACKAGED_WEIGHTS } from "../weights/packages.ts";
import type { Machine, Pin, PythonInstallation } from "./machine.ts";

/** - `ok`: as it should be · `note`: works, but worth knowing · `missing`: has to be mended, and `mend` says how */
export type Check =
  | { readonly name: string; readonly state: "ok" | "note"; readonly found: string }
  | { readonly name: string; readonly state: "missing"; readonly found: string; readonly mend: string };

const NEEDED_NODE = [20, 19] as const;
const NEEDED_PYTHON = [3, 11] as const;
/** A run of the embedded default writes some tens of megabytes; below this the system itself is in trouble. */
const NEEDED_DISK_BYTES = 1e9;
/** The embedded default's worker and this process together stay below this. */
const NEEDED_MEMORY_BYTES = 2e9;

/** Everything that a run needs of a machine, judged. Pure. */
export function checkMachine(machine: Machine): Check[] {
  return [
    checkNode(machine),
    checkZeromq(machine),
    ...checkPython(machine),
    checkWorker(machine),
    checkAdb(machine),
    checkChromium(machine),
    checkVllm(machine),
    checkMemory(machine),
    ...checkRuns(machine),
  ];
}

function checkNode({ node }: Machine): Check {
  const name = "Node";
  if (isAtLeast(node.version, NEEDED_NODE)) return { name, state: "ok", found: node.version };
  const found = `${node.version}, needs ${NEEDED_NODE.join(".")} or newer`;
  return { name, state: "missing", found, mend: "nvm install 20 && nvm use 20" };
}

function checkZeromq({ zeromq }: Machine): Check {
  const name = "ZeroMQ binding";
  if (zeromq.kind === "loaded") return { name, state: "ok", found: `libzmq ${zeromq.version}` };
  return {
    name,
    state: "missing",
    found: zeromq.reason,
    mend: `rm -rf node_modules && ${isInstalled ? "npm install" : SETUP_COMMAND}`,
  };
}

function checkPython(machine: Machine): Check[] {
  const { python } = machine;
  const name = "Python";
  if (python.kind === "failed") return [{ name, state: "missing", found: python.reason, mend: SETUP_COMMAND }];
  const found = `${python.version} (${python.path})`;
  const needed = `${NEEDED_PYTHON.join(".")} or newer`;
  const mend = python.isChosen ? `unset COSO_PYTHON, or let it name Python ${needed}` : rebuild(python);
  const version: Check = isAtLeast(python.version, NEEDED_PYTHON)
    ? { name, state: "ok", found }
    : { name, state: "missing", found: `${found}, needs ${needed}`, mend };
  return [
    version,
    ...checkPackages(machine, python),
    checkDevice(python),
    checkProtocol(machine, python),
    checkAlfworld(machine, python),
    ...checkVisualWorlds(machine),
    checkSmollm2(machine, python),
    checkMiniwob(machine, python),
    ...checkSinks(machine, python),
  ];
}

function checkPackages({ pins }: Machine, python: PythonInstallation): Check[] {
  return pins.map(({ name, version }) => {
    const installed = python.packages[name] ?? null;
    if (installed === null) {
      return { name, state: "missing", found: `not installed, needs ${version}`, mend: install(python) };
    }
    // A local build tag, as in 2.13.0+cpu, is still that version.
    if (installed.split("+")[0] === version) return { name, state: "ok", found: installed };
    return { name, state: "missing", found: `${installed}, needs ${version}`, mend: install(python) };
  });
}

function checkDevice(python: PythonInstallation): Check {
  const name = "PyTorch device";
  const { torch } = python;
  if (torch.error !== null) return { name, state: "missing", found: torch.error, mend: rebuild(python) };
  if (torch.cudaDevices.length > 0) {
    const devices = torch.cudaDevices.map((device) => `${device.name}, ${gigabytes(device.memoryBytes)}`);
    return { name, state: "ok", found: `cuda: ${devices.join(" · ")}` };
  }
  if (torch.builtForCuda === null) return { name, state: "ok", found: "cpu (a build without CUDA)" };
  const found = `cpu: the build is for CUDA ${torch.builtForCuda}, but no NVIDIA GPU with a driver was found`;
  return { name, state: "note", found };
}

function checkProtocol({ protocolHash }: Machine, python: PythonInstallation): Check {
  const name = "Protocol";
  const { protocol } = python;
  if (protocol.error !== null) return { name, state: "missing", found: protocol.error, mend: install(python) };
  const short = protocolHash.slice(0, 12);
  if (protocol.hash === protocolHash) return { name, state: "ok", found: `${short}, the same on both sides` };
  const found = `TypeScript speaks ${short}, Python ${protocol.hash.slice(0, 12)}`;
  return { name, state: "missing", found, mend: "npm run protocol" };
}

/** Optional: nothing but ALFWorld's environments needs it. */
function checkAlfworld({ alfworld }: Machine, python: PythonInstallation): Check {
  const tools = alfworld.missingTools.length === 0 ? "" : `apt-get install ${alfworld.missingTools.join(" ")} && `;
  const command = `${tools}${installOptional(python, "python/requirements-alfworld.txt")}`;
  return checkOptional("ALFWorld", alfworld.pins, python, `only ALFWorld needs it: ${command}`);
}

/** Optional, too: nothing but alfworld/thor needs it. */
function checkVisualWorlds({ alfworld }: Machine): Check[] {
  return alfworld.visual.map(({ name, found, mend }) => {
    const checked = `AI2-THOR: ${name}`;
    if (mend === null) return { name: checked, state: "ok", found };
    return { name: checked, state: "note", found: `${found}; only alfworld/thor needs it: ${mend}` };
  });
}

/** Optional: real weights for experiments/llm. */
function checkSmollm2({ smollm2 }: Machine, python: PythonInstallation): Check {
  const command = `${installOptional(python, PACKAGED_WEIGHTS.smollm2.requirements)} && npx coso weights smollm2`;
  return checkOptional("SmolLM2", smollm2, python, `only experiments/llm needs it: ${command}`);
}

/** Optional: real phones and emulators. */
function checkAdb({ adb }: Machine): Check {
  const name = "adb";
  if (adb.kind === "answered") return { name, state: "ok", found: adb.version };
  return { name, state: "note", found: `${adb.reason}; only real phones and emulators need it: apt-get install adb` };
}

/** Optional: nothing but `miniwob` needs it. */
function checkChromium({ miniwob: { chromium } }: Machine): Check {
  const name = "Chromium";
  if (chromium.kind === "answered") return { name, state: "ok", found: chromium.version };
  return { name, state: "note", found: `${chromium.reason}; only MiniWoB++ needs it: apt-get install chromium` };
}

/** Optional: another engine than the worker itself. */
function checkVllm({ vllm }: Machine): Check {
  const name = "vLLM";
  if (vllm.kind === "answered") return { name, state: "ok", found: vllm.version };
  const found = `${vllm.reason}; only worker.engine.kind \`vllm\` needs it: ${vllmInstallCommand()}`;
  return { name, state: "note", found };
}

function checkMiniwob({ miniwob: { pins } }: Machine, python: PythonInstallation): Check {
  const command = installOptional(python, "python/requirements-miniwob.txt");
  return checkOptional("MiniWoB++", pins, python, `only its environment needs it: ${command}`);
}

/** Optional: where figures are shown beside the run folder. */
function checkSinks({ sinks }: Machine, python: PythonInstallation): Check[] {
  const mend = (kind: keyof typeof sinks): string =>
    `only the sink \`${kind}\` needs it: ${installOptional(python, SINK_REQUIREMENTS[kind])}`;
  return [
    checkOptional("TensorBoard", sinks.tensorboard, python, mend("tensorboard")),
    checkOptional("Weights & Biases", sinks.wandb, python, mend("wandb")),
  ];
}

function checkOptional(name: string, pins: readonly Pin[], python: PythonInstallation, mend: string): Check {
  const lacking = pins.filter((pin) => python.packages[pin.name] !== pin.version);
  const [first] = pins;
  if (lacking.length === 0) return { name, state: "ok", found: `${first?.name} ${first?.version}` };
  const state = lacking.length === pins.length ? "not installed" : `lacks ${lacking.map(nameOf).join(", ")}`;
  return { name, state: "note", found: `${state}; ${mend}` };
}

function installOptional({ path }: PythonInstallation, requirements: string): string {
  return `${path} -m pip install --no-deps -r ${packagedPath(requirements)}`;
}

function nameOf({ name, version }: Pin): string {
  return `${name} ${version}`;
}

function checkWorker({ worker }: Machine): Check {
  const name = "Worker";
  if (worker.kind === "started") {
    return { name, state: "ok", found: `starts and answers in ${worker.seconds.toFixed(1)} s` };
  }
  return {
    name,
    state: "missing",
    found: worker.reason,
    mend: "mend what is missing above, then ask again: coso doctor",
  };
}

function checkMemory({ cores, availableMemoryBytes }: Machine): Check {
  const name = "Cores and memory";
  const found = `${cores} cores, ${gigabytes(availableMemoryBytes)} available`;
  if (availableMemoryBytes >= NEEDED_MEMORY_BYTES) return { name, state: "ok", found };
  const mend = `end other programs: even the embedded default wants ${gigabytes(NEEDED_MEMORY_BYTES)}`;
  return { name, state: "missing", found, mend };
}

function checkRuns({ runs }: Machine): Check[] {
  const writable: Check = runs.isWritable
    ? { name: "Run folders", state: "ok", found: `${runs.path} can be written` }
    : {
        name: "Run folders",
        state: "missing",
        found: `${runs.path} cannot be written`,
        mend: `chown -R $(id -u) ${runs.path}, or coso train … --out DIR`,
      };
  const found = `${gigabytes(runs.freeBytes)} free`;
  const space: Check =
    runs.freeBytes >= NEEDED_DISK_BYTES
      ? { name: "Disk", state: "ok", found }
      : { name: "Disk", state: "missing", found, mend: "free some space, or coso train … --out DIR on another disk" };
  return [writable, space];
}

/** Brings the packages to the pinned versions. */
function install({ isChosen, path }: PythonInstallation): string {
  return isChosen ? `${path} -m pip install -r ${packagedPath("requirements.txt")}` : SETUP_COMMAND;
}

/** For what an installation over the present one would not mend. */
function rebuild({ isChosen, path }: PythonInstallation): string {
  return isChosen
    ? `${path} -m pip install --force-reinstall -r ${packagedPath("requirements.txt")}`
    : `rm -rf ${relative(process.cwd(), join(projectRoot, ".venv"))} && ${SETUP_COMMAND}`;
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [hasMajor = 0, hasMinor = 0] = version.split(".").map(Number);
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
