/**
 * Every error that this package throws on purpose derives from {@link CosoError}; anything else is a defect.
 * Messages name the field or file, what was expected, what came, and the mend.
 */
export class CosoError extends Error {
  override name = "CosoError";
}

/** An experiment, option or command-line argument that does not have the shape it should. */
export class ConfigError extends CosoError {
  override name = "ConfigError";
}

/** An action, a starting state or a saved state that an environment cannot take. */
export class EnvironmentError extends CosoError {
  override name = "EnvironmentError";
}

/** A world that lives in another process did not start, was lost, or refused a call. */
export class WorldError extends EnvironmentError {
  override name = "WorldError";
  readonly code: WorldErrorCode;
  /** Last lines of that process's output. */
  readonly tail: readonly string[];

  constructor(code: WorldErrorCode, message: string, options: ErrorOptions & { tail?: readonly string[] } = {}) {
    super(message, options);
    this.code = code;
    this.tail = options.tail ?? [];
  }
}

/**
 * - `start`: the process never became ready (missing Python or package)
 * - `lost`: it ended while the world was in use; a new one can be brought to the same state
 * - `refused`: it answered with an error and lives on
 */
export type WorldErrorCode = "start" | "lost" | "refused";

/** A phone, or what stands in for one, did not do what it was told, after retries. The episode counts for nothing. */
export class DeviceError extends EnvironmentError {
  override name = "DeviceError";
  readonly code: DeviceErrorCode;

  constructor(code: DeviceErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

/**
 * - `absent`: what drives the device is not installed, or there is no such device
 * - `unauthorised`: the device has not allowed this computer to drive it
 * - `lost`: it was there and is gone
 * - `silent`: it did not answer in time
 * - `refused`: it answered with an error
 * - `screenshot`, `elements`: what it sent is no picture of its screen, or does not say what is on it
 */
export type DeviceErrorCode = "absent" | "unauthorised" | "lost" | "silent" | "refused" | "screenshot" | "elements";

/** A run folder that is missing, incomplete, or belongs to another experiment. */
export class RunFolderError extends CosoError {
  override name = "RunFolderError";
}

/** A measured quantity left the bounds within which a run means anything (log-prob mismatch, blind policy, …). */
export class GuardError extends CosoError {
  override name = "GuardError";
}

/** A model behind an HTTP endpoint gave no answer, or may not be asked. What it did answer is kept. */
export class EndpointError extends CosoError {
  override name = "EndpointError";
  readonly reason: EndpointErrorReason;

  constructor(reason: EndpointErrorReason, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * - `key`: the environment variable that should hold the key is not set, or holds none
 * - `refused`: the endpoint understood and said no: wrong key, unknown model, spent quota, bad request
 * - `unanswered`: no answer after all retries
 * - `offline`: an answer is not in the cache, and nothing may be asked
 * - `budget`: what the run may spend is spent
 */
export type EndpointErrorReason = "key" | "refused" | "unanswered" | "offline" | "budget";

/** A cluster that runs trials does not answer, or refused one. */
export class LauncherError extends CosoError {
  override name = "LauncherError";
}

/** What shows a run's figures elsewhere cannot go on. The run can, so this becomes a warning. */
export class SinkError extends CosoError {
  override name = "SinkError";
  readonly reason: SinkErrorReason;
  /** A command, or what to do; null where nothing is known to help. */
  readonly mend: string | null;

  constructor(reason: SinkErrorReason, message: string, mend: string | null = null) {
    super(message);
    this.reason = reason;
    this.mend = mend;
  }
}

/**
 * - `missing`: its Python package is not installed
 * - `refused`: the package said no, such as without a key or a network
 * - `slow`: it did not answer in time; its process was ended
 * - `broken`: its process ended, or an error that nobody foresaw
 */
export type SinkErrorReason = "missing" | "refused" | "slow" | "broken";

/** The worker could not start, answered with an error, fell silent or died. `tail` holds its last lines of output. */
export class WorkerError extends CosoError {
  override name = "WorkerError";
  readonly code: WorkerErrorCode;
  readonly tail: readonly string[];

  constructor(code: WorkerErrorCode, message: string, options: ErrorOptions & { tail?: readonly string[] } = {}) {
    super(message, options);
    this.code = code;
    this.tail = options.tail ?? [];
  }

  /** The same error, which also says what to do. */
  withMend(mend: string): WorkerError {
    return new WorkerError(this.code, `${this.message}; ${mend}`, { cause: this, tail: this.tail });
  }
}

/**
 * - `start`: the process never became ready (missing Python, missing package, crash on import)
 * - `protocol`: the two sides speak different schemas, or a message broke the schema
 * - `request`: the worker answered one call with an error and lives on
 * - `busy`: a worker on another host serves another client
 * - `exit`: the process ended while calls were pending, or the connection to its host was lost
 * - `silent`: no heartbeat arrived in time; the process was killed, or, on another host, let go
 * - `timeout`: heartbeats arrived, but the call made no progress within its limit; the process was killed or let go
 */
export type WorkerErrorCode = "start" | "protocol" | "request" | "busy" | "exit" | "silent" | "timeout";

/** The message of anything thrown, for a person to read. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
