import { access, constants, readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { messageOf, WorkerError } from "../errors.ts";
import { packageRoot } from "../processes/installation.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { vllmPython } from "../processes/vllm-python.ts";
import { protocolHash } from "../protocol/schema.ts";
import { SINK_REQUIREMENTS } from "../sinks/messages.ts";
import { PACKAGED_WEIGHTS } from "../weights/packages.ts";
import { startWorker } from "../worker/process.ts";
import type { Failure, Machine, Pin, Prerequisite, Program, PythonInstallation, TorchInstallation } from "./machine.ts";

const PROBE_TIMEOUT_MS = 120_000;
/** The package goes by several names; importing it would take half a minute. */
const VLLM_VERSION =
  "from importlib.metadata import packages_distributions, version; " +
  "name = packages_distributions()['vllm'][0]; print(name, version(name))";

/** Looks at this machine as it is: nothing is installed, changed or left behind. */
export async function probeMachine(): Promise<Machine> {
  const pins = await readPins("requirements.txt");
  const alfworldPins = await readPins("python/requirements-alfworld.txt");
  const smollm2 = await readPins(PACKAGED_WEIGHTS.smollm2.requirements);
  const miniwob = await readPins("python/requirements-miniwob.txt");
  const tensorboard = await readPins(SINK_REQUIREMENTS.tensorboard);
  const wandb = await readPins(SINK_REQUIREMENTS.wandb);
  const optional = [...alfworldPins, ...smollm2, ...miniwob, ...tensorboard, ...wandb];
  const python = await orFailure(() => probePython([...pins, ...optional]));
  return {
    node: { version: process.versions.node },
    pins,
    alfworld: {
      pins: alfworldPins,
      missingTools: await missingTools(["cmake", "g++"]),
      visual: python.kind === "failed" ? [] : await probeVisualWorlds(python.path),
    },
    // "Android Debug Bridge version 1.0.41", then the version of the package. Starts no server.
    adb: await probeProgram("adb", ["version"], /^Version (\S+)$/m),
    miniwob: { chromium: await probeProgram("chromium", ["--version"], /(\d[\d.]+)/), pins: miniwob },
    vllm: await probeProgram(vllmPython(), ["-c", VLLM_VERSION], /^(.+)$/m),
    smollm2,
    sinks: { tensorboard, wandb },
    python,
    zeromq: await orFailure(probeZeromq),
    protocolHash: protocolHash(),
    worker:
      python.kind === "failed"
        ? { kind: "failed", reason: "not tried without a Python" }
        : await orFailure(probeWorker),
    cores: availableParallelism(),
    availableMemoryBytes: process.availableMemory(),
    runs: await probeRuns(resolve("runs")),
  };
}

async function readPins(file: string): Promise<Pin[]> {
  const text = await readFile(join(packageRoot, file), "utf8");
  return [...text.matchAll(/^([\w.-]+)==(\S+)/gm)].map(([, name = "", version = ""]) => ({ name, version }));
}

/** @param pattern finds the version in what it says of itself; without one, its first line is told. */
async function probeProgram(program: string, args: readonly string[], pattern: RegExp): Promise<Program | Failure> {
  const { stdout, failed } = await execa(program, args, { reject: false, timeout: PROBE_TIMEOUT_MS });
  if (failed) return { kind: "failed", reason: "not installed" };
  return { kind: "answered", version: pattern.exec(stdout)?.[1] ?? stdout.split("\n")[0] ?? "" };
}

async function missingTools(programs: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    programs.map((program) => execa(program, ["--version"], { reject: false, stdio: "ignore" })),
  );
  return programs.filter((_program, place) => found[place]?.failed === true);
}

/** The CUDA devices that the worker's PyTorch sees; none where there is no such Python. */
export async function probeCudaDevices(): Promise<TorchInstallation["cudaDevices"]> {
  const python = await orFailure(() => probePython([]));
  return python.kind === "answered" && python.torch.error === null ? python.torch.cudaDevices : [];
}

async function probePython(pins: readonly Pin[]): Promise<PythonInstallation> {
  const [path = ""] = pythonCommand();
  const { stdout } = await execa(path, ["-m", "coso_worker.installation", ...pins.map(({ name }) => name)], {
    env: pythonEnvironment(1),
    timeout: PROBE_TIMEOUT_MS,
  });
  const answer = JSON.parse(stdout) as Omit<PythonInstallation, "kind" | "path" | "isChosen">;
  return { kind: "answered", path, isChosen: process.env.COSO_PYTHON !== undefined, ...answer };
}

async function probeVisualWorlds(python: string): Promise<Prerequisite[]> {
  const data = resolve(process.env.ALFWORLD_DATA ?? "alfworld");
  const told = await orFailure(async () => {
    const { stdout } = await execa(python, ["-m", "coso_alfworld.thor.prerequisites", "--data", data], {
      env: pythonEnvironment(1),
      timeout: PROBE_TIMEOUT_MS,
    });
    return JSON.parse(stdout) as Prerequisite[];
  });
  return "kind" in told
    ? [{ name: "prerequisites", found: told.reason, mend: "mend Python above, then ask again" }]
    : told;
}

async function probeZeromq(): Promise<{ kind: "loaded"; version: string }> {
  const { version } = await import("zeromq");
  return { kind: "loaded", version };
}

async function probeWorker(): Promise<{ kind: "started"; seconds: number }> {
  const started = performance.now();
  const worker = await startWorker({ threads: 1 });
  const seconds = (performance.now() - started) / 1000;
  await worker.stop();
  return { kind: "started", seconds };
}

async function probeRuns(path: string): Promise<Machine["runs"]> {
  const existing = await nearestExisting(path);
  const { bavail, bsize } = await statfs(existing);
  const isWritable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  );
  return { path, isWritable, freeBytes: bavail * bsize };
}

/** `path` itself, or the folder in which it would be made. */
async function nearestExisting(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch {
    return await nearestExisting(dirname(path));
  }
}

async function orFailure<T>(probe: () => Promise<T>): Promise<T | Failure> {
  try {
    return await probe();
  } catch (error) {
    const tail = error instanceof WorkerError ? error.tail.slice(-3) : [];
    return { kind: "failed", reason: [messageOf(error), ...tail].join("\n") };
  }
}
