import { Dealer } from "zeromq";
import { messageOf, WorkerError } from "../errors.ts";
import { checkResult, decodeReply, encodeRequest } from "../protocol/codec.ts";
import type { Reply } from "../protocol/messages/envelopes.ts";
import type { Method, Params, Result } from "../protocol/messages.ts";
import { RemoteFailure } from "./remote-failure.ts";
import { silenceLimitMs, timeLimitsMs } from "./time-limits.ts";
import type { CallOptions, Worker } from "./worker.ts";

export interface ClientOptions {
  /** `ipc://…`, or `tcp://…`: on the loopback, or with keys in `socket`. */
  readonly endpoint: string;
  /** Not yet connected; the default has no keys. */
  readonly socket?: Dealer;
  /** Whether silence counts before the first message: of a worker that runs already. */
  readonly isRunning?: boolean;
  /** Longest silence of the worker; the default is in `time-limits.ts`. */
  readonly heartbeatLimitMs?: number;
  /** Replaces the defaults in `time-limits.ts`, method by method. */
  readonly timeLimitsMs?: Partial<Readonly<Record<Method, number>>>;
  /** The worker fell silent or got nowhere; all calls have been rejected, and whoever owns the process should end it. */
  readonly onUnresponsive?: () => void;
  /** The worker's last lines of output, for errors. */
  readonly tail?: () => readonly string[];
}

interface PendingCall {
  readonly method: Method;
  readonly limitMs: number;
  readonly onProgress: CallOptions["onProgress"];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Time at the head of the queue without progress. */
  idleMs: number;
}

/** An id that no request has: the worker could not read a message, so it cannot tell which call it was. */
const UNREADABLE = 0;

/** A send never waits for the worker to read, and closing never waits for what was not sent. */
export const DEALER_OPTIONS = { linger: 0, sendHighWaterMark: 0 } as const;

/** The worker over a DEALER socket: one receive loop hands each reply to the call with its id. */
export class WorkerClient implements Worker {
  readonly #socket: Dealer;
  readonly #options: ClientOptions;
  /** In the order of sending, which is the order in which the worker answers: the first is what it works on. */
  readonly #pending = new Map<number, PendingCall>();
  readonly #watch: NodeJS.Timeout;
  #lastId = UNREADABLE;
  /** Time since the last message, once there has been one; a starting worker is silent by nature. */
  #silentMs: number | undefined;
  #failure: WorkerError | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#socket = options.socket ?? new Dealer({ ...DEALER_OPTIONS, reconnectInterval: 20 });
    if (options.isRunning === true) this.#silentMs = 0;
    const limits = [
      options.heartbeatLimitMs ?? silenceLimitMs(undefined),
      ...Object.values(options.timeLimitsMs ?? {}),
    ];
    const tickMs = Math.min(1_000, Math.min(...limits) / 8);
    this.#watch = setInterval(() => this.#tick(tickMs), tickMs).unref();
    this.#socket.connect(options.endpoint);
    void this.#receive();
  }

  async call<M extends Method>(method: M, params: Params<M>, options: CallOptions = {}): Promise<Result<M>> {
    options.signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    const id = this.#lastId + 1;
    const header = attempt(() => encodeRequest(id, method, params));
    this.#lastId = id;
    const limitMs = this.#options.timeLimitsMs?.[method] ?? timeLimitsMs[method];
    let abort = (): void => undefined;
    try {
      const result = await new Promise<unknown>((resolve, reject) => {
        this.#pending.set(id, { method, limitMs, onProgress: options.onProgress, resolve, reject, idleMs: 0 });
        abort = (): void => reject(options.signal?.reason);
        options.signal?.addEventListener("abort", abort);
        this.#socket.send([header, ...(options.frames ?? [])]).catch(reject);
      });
      return attempt(() => checkResult(method, result));
    } finally {
      // Not by the listener's own `signal`: with several calls on one signal, Node may collect what would remove it.
      options.signal?.removeEventListener("abort", abort);
    }
  }

  /** Rejects every pending and later call with `error` and closes the socket; the first failure stays. */
  fail(error: WorkerError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearInterval(this.#watch);
    this.#socket.close();
    for (const call of this.#pending.values()) call.reject(error);
    this.#pending.clear();
  }

  async #receive(): Promise<void> {
    try {
      for await (const [header] of this.#socket) this.#handle(decodeReply(header ?? new Uint8Array()));
    } catch (error) {
      this.fail(new WorkerError("protocol", messageOf(error), { cause: error, tail: this.#tail() }));
    }
  }

  #handle(reply: Reply): void {
    this.#silentMs = 0;
    switch (reply.kind) {
      case "heartbeat":
        return;
      case "progress": {
        const call = this.#pending.get(reply.id);
        if (call === undefined) return;
        call.idleMs = 0;
        try {
          call.onProgress?.({ done: reply.done, total: reply.total, metrics: reply.metrics });
        } catch (error) {
          call.reject(error);
        }
        return;
      }
      case "result":
        this.#take(reply.id)?.resolve(reply.result);
        return;
      case "error": {
        const call = this.#take(reply.id);
        const error = this.#remoteError(call?.method ?? "an unreadable message", reply);
        if (reply.id === UNREADABLE) this.fail(error);
        else call?.reject(error);
      }
    }
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  #remoteError(what: string, reply: Extract<Reply, { kind: "error" }>): WorkerError {
    const isProtocol = reply.code === "protocol" || reply.id === UNREADABLE;
    return new WorkerError(isProtocol ? "protocol" : "request", `${what}: ${reply.code}: ${reply.message}`, {
      cause: new RemoteFailure(reply.code, reply.message, reply.traceback),
      tail: this.#tail(),
    });
  }

  /** Time is counted in ticks of this process, so a suspended or busy client does not blame the worker for it. */
  #tick(elapsedMs: number): void {
    const [first] = this.#pending.values();
    const silenceMs = this.#options.heartbeatLimitMs ?? silenceLimitMs(first?.method);
    if (this.#silentMs !== undefined) this.#silentMs += elapsedMs;
    if (this.#silentMs !== undefined && this.#silentMs > silenceMs) {
      this.#giveUp("silent", `No heartbeat from the worker for ${silenceMs} ms; it hangs or was suspended.`);
      return;
    }
    if (first === undefined) return;
    first.idleMs += elapsedMs;
    if (first.idleMs > first.limitMs) {
      this.#giveUp("timeout", `${first.method} made no progress for ${first.limitMs} ms, though the worker is alive.`);
    }
  }

  #giveUp(code: "silent" | "timeout", message: string): void {
    this.fail(new WorkerError(code, message, { tail: this.#tail() }));
    this.#options.onUnresponsive?.();
  }

  #tail(): readonly string[] {
    return this.#options.tail?.() ?? [];
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new WorkerError("protocol", messageOf(error), { cause: error });
  }
}
