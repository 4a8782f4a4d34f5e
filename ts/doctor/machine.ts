import type { SinkSettings } from "../config/sinks.ts";

/** What `coso doctor` looks at: `probe.ts` fills it in, `checks.ts` judges it. */
export interface Machine {
  readonly node: { readonly version: string };
  readonly pins: readonly Pin[];
  /** What the optional text worlds of ALFWorld need. */
  readonly alfworld: {
    readonly pins: readonly Pin[];
    /** Programs that building one of these packages takes, and that are not there. */
    readonly missingTools: readonly string[];
    /** What its visual worlds need, as their Python tells it; none where there is no Python. */
    readonly visual: readonly Prerequisite[];
  };
  /** What drives real phones. */
  readonly adb: Program | Failure;
  /** What shows MiniWoB++'s pages, and the package that they are in. */
  readonly miniwob: { readonly chromium: Program | Failure; readonly pins: readonly Pin[] };
  /** vLLM in the environment that is its own. */
  readonly vllm: Program | Failure;
  /** What `coso weights smollm2` reads from. */
  readonly smollm2: readonly Pin[];
  /** What each kind of sink needs. */
  readonly sinks: Readonly<Record<SinkSettings["kind"], readonly Pin[]>>;
  readonly python: PythonInstallation | Failure;
  readonly zeromq: { readonly kind: "loaded"; readonly version: string } | Failure;
  /** SHA-256 of the protocol as TypeScript speaks it. */
  readonly protocolHash: string;
  readonly worker: { readonly kind: "started"; readonly seconds: number } | Failure;
  readonly cores: number;
  readonly availableMemoryBytes: number;
  readonly runs: { readonly path: string; readonly isWritable: boolean; readonly freeBytes: number };
}

/** One that told its version. */
export interface Program {
  readonly kind: "answered";
  readonly version: string;
}

/** As `python/coso_alfworld/thor/prerequisites.py` has it. */
export interface Prerequisite {
  readonly name: string;
  readonly found: string;
  /** A command, or what to do; null where nothing has to be done. */
  readonly mend: string | null;
}

/** One line of a requirements file. */
export interface Pin {
  readonly name: string;
  readonly version: string;
}

export interface PythonInstallation {
  readonly kind: "answered";
  readonly path: string;
  /** Whether `COSO_PYTHON` names it; otherwise it is .venv of the checkout or the project. */
  readonly isChosen: boolean;
  readonly version: string;
  /** Installed version by name; null where it is not installed. */
  readonly packages: Readonly<Record<string, string | null>>;
  readonly torch: TorchInstallation | { readonly error: string };
  /** Hash of the generated messages, unless they do not load. */
  readonly protocol: { readonly error: null; readonly hash: string } | { readonly error: string };
}

export interface TorchInstallation {
  readonly error: null;
  /** CUDA version that the build wants; null for a CPU build. */
  readonly builtForCuda: string | null;
  readonly cudaDevices: readonly { readonly name: string; readonly memoryBytes: number }[];
}

export interface Failure {
  readonly kind: "failed";
  readonly reason: string;
}
