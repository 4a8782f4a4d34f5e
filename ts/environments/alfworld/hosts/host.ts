import { messageOf, WorldError } from "../../../errors.ts";
import type { Supervised } from "../../../processes/supervised.ts";
import { answer, type CallName, type CallResult, type Calls, results } from "./calls.ts";
import { WORDS, type WorldsKind } from "./kinds.ts";

/** A process that plays worlds, however it is spoken to. Its calls are answered in their order. */
export interface Host {
  readonly pid: number | undefined;
  /** @throws WorldError `lost` when the process has ended, `refused` with its reason. */
  call<Name extends CallName>(name: Name, args: Calls[Name]): Promise<CallResult<Name>>;
  /** Ends the process. May be called again; never throws. */
  stop(): Promise<void>;
}

/** How long `stop` waits for the process to end by itself, then on SIGTERM. Nothing of a world has to be saved. */
const GRACE_MS = { byItself: 0, terminated: 1_000 };

interface Pending {
  readonly resolve: (text: string) => void;
  readonly reject: (error: WorldError) => void;
}

/** Calls to one process: each gets its own answer, and all of them an error when the process ends. */
export class ProcessHost implements Host {
  readonly kind: WorldsKind;
  readonly #process: Supervised;
  readonly #send: (id: number, request: string) => void;
  readonly #release: () => void | Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #failure: WorldError | undefined;

  /**
   * @param kind of the worlds that it plays
   * @param send hands a request to the process
   * @param release frees what the way to the process holds
   */
  constructor(
    kind: WorldsKind,
    process: Supervised,
    send: (id: number, request: string) => void,
    release: () => void | Promise<void> = () => undefined,
  ) {
    this.kind = kind;
    this.#process = process;
    this.#send = send;
    this.#release = release;
    this.#ended = process.ended.then(async (how) => {
      const lines = process.lines();
      const last = lines.length === 0 ? "" : `; its last line: ${lines.at(-1)}`;
      this.#failure = new WorldError("lost", `The process of ${WORDS[kind].name} ${how}${last}`, { tail: lines });
      for (const { reject } of this.#pending.values()) reject(this.#failure);
      this.#pending.clear();
      await this.#release();
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async call<Name extends CallName>(name: Name, args: Calls[Name]): Promise<CallResult<Name>> {
    const text = await this.#ask(JSON.stringify({ call: name, ...args }));
    const read = answer.parse(JSON.parse(text));
    if ("error" in read) {
      const { code, message, traceback } = read.error;
      throw new WorldError("refused", `${name}: ${code}: ${message}`, { cause: new Error(traceback) });
    }
    // The schema is the one of this name; the compiler does not follow the index.
    return results[name].parse(read.result) as CallResult<Name>;
  }

  /** Whoever reads the way back hands each answer to the call that it answers. */
  settle(id: number, text: string): void {
    this.#pending.get(id)?.resolve(text);
    this.#pending.delete(id);
  }

  async stop(): Promise<void> {
    await this.#process.stop(GRACE_MS);
    await this.#ended;
  }

  #ask(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure;
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#send(id, request);
    });
  }
}

/**
 * A host that has answered once.
 * @throws WorldError `start` with the process's last lines and the mend.
 */
export async function ready(host: ProcessHost): Promise<ProcessHost> {
  try {
    await host.call("about", {});
    return host;
  } catch (error) {
    await host.stop();
    const tail = error instanceof WorldError ? error.tail : [];
    const missing = tail.findLast((line) => line.includes("ModuleNotFoundError"));
    const { name, mend } = WORDS[host.kind];
    // An error of their own, such as a Unity that is not there, names its mend itself.
    const isAnswer = error instanceof WorldError && error.code === "refused" && missing === undefined;
    const reason = isAnswer
      ? messageOf(error)
      : `${missing ?? messageOf(error)}. Install what they need with \`${mend}\`.`;
    throw new WorldError("start", `${name} did not start: ${reason}`, { cause: error, tail });
  }
}
