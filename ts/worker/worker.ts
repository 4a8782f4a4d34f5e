import type { Metrics } from "../protocol/messages/scalars.ts";
import type { Method, Params, Result } from "../protocol/messages.ts";

/** Whatever answers the protocol's methods; everything outside this folder knows the worker by this alone. */
export interface Worker {
  /**
   * Asks for one method and waits for its result. Calls may overlap; the worker answers them in order.
   * @throws WorkerError `request` when the worker answered with an error, another code when it can no longer answer.
   */
  call<M extends Method>(method: M, params: Params<M>, options?: CallOptions): Promise<Result<M>>;
}

export interface CallOptions {
  /** Raw frames beside the message, such as pixels. They are sent without copying: do not write to them afterwards. */
  readonly frames?: readonly Uint8Array[];
  readonly onProgress?: (progress: CallProgress) => void;
  /** Stops waiting. The worker finishes the call all the same, and answers later calls after it. */
  readonly signal?: AbortSignal;
}

export interface CallProgress {
  /** 0 to `total`, in units of the method's choice. */
  readonly done: number;
  readonly total: number;
  readonly metrics: Metrics;
}
