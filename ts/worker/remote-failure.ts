import { CosoError } from "../errors.ts";

/** What went wrong inside the worker, as the `cause` of a `WorkerError`. Its `stack` is the worker's traceback. */
export class RemoteFailure extends CosoError {
  override name = "RemoteFailure";
  /** The worker's stable name of the failure, such as `out-of-memory`. */
  readonly remoteCode: string;
  /** Empty for a failure that the worker expected. */
  readonly traceback: string;

  constructor(remoteCode: string, message: string, traceback: string) {
    super(message);
    this.remoteCode = remoteCode;
    this.traceback = traceback;
    if (traceback !== "") this.stack = traceback;
  }
}
