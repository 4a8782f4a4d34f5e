import { setTimeout as delay } from "node:timers/promises";
import { Dealer } from "zeromq";
import { ConfigError, messageOf, WorkerError } from "../errors.ts";
import type { Result } from "../protocol/messages.ts";
import { type ClientOptions, DEALER_OPTIONS, WorkerClient } from "./client.ts";
import { type ClientKey, readClientKey } from "./key-files.ts";
import { greet, type RunningWorker } from "./process.ts";
import { RemoteFailure } from "./remote-failure.ts";
import { shareFolder, withFullPaths } from "./shared-folder.ts";
import { timeLimitsMs } from "./time-limits.ts";

export interface ConnectOptions extends Pick<ClientOptions, "heartbeatLimitMs" | "timeLimitsMs"> {
  /** The client's key file, as `coso worker` writes it. */
  readonly keyFile: string;
  /** CPU threads that the worker was started with. */
  readonly threads: number;
  /** Which the worker has to see under the same path. */
  readonly runFolder: string;
}

const RECONNECT_MS = 200;
/** A worker that is just being started again closes a connection or two; one with other keys closes all of them. */
const MOST_BROKEN_HANDSHAKES = 5;
/** How long `stop` waits for the worker to hear of it; it forgets a client that is gone all the same. */
const GOODBYE_MS = 2_000;

/**
 * Connects to a worker that `coso worker` runs, encrypted and known to each other by CURVE keys, and greets it.
 * @throws ConfigError that begins with the setting when the key file cannot be used or `threads` are not the worker's;
 * WorkerError `start` when there is no such worker or the keys do not fit, `busy` when it serves another client,
 * `request` when it does not see the run folder, `protocol` when it was built for other messages.
 */
export async function connectWorker(options: ConnectOptions): Promise<RunningWorker> {
  const key = readClientKey(options.keyFile);
  const socket = new Dealer({
    ...DEALER_OPTIONS,
    reconnectInterval: RECONNECT_MS,
    curveServerKey: key.serverPublicKey,
    curvePublicKey: key.publicKey,
    curveSecretKey: key.secretKey,
    ipv6: key.address.includes("["),
  });
  const connection = watch(socket, key, options.keyFile);
  const client = new WorkerClient({
    endpoint: key.address,
    socket,
    isRunning: true,
    // The worker may have to finish what a client that is gone has asked of it; meanwhile it sends heartbeats.
    timeLimitsMs: { hello: timeLimitsMs.act, ...options.timeLimitsMs },
    ...(options.heartbeatLimitMs !== undefined && { heartbeatLimitMs: options.heartbeatLimitMs }),
  });
  connection.onFailure((error) => client.fail(error));
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await Promise.race([
      client.call("shutdown", {}).catch(() => undefined),
      delay(GOODBYE_MS, undefined, { ref: false }),
    ]);
    client.fail(new WorkerError("exit", `The worker at ${key.address} was let go.`));
  };
  const stopOnce = (): Promise<void> => (stopping ??= stop());
  let hello: Result<"hello">;
  try {
    hello = await greet(client);
  } catch (error) {
    const named = asStartError(error, key.address, connection.state());
    client.fail(named);
    throw named;
  }
  try {
    requireThreads(options, hello, key);
    await shareFolder(client, options.runFolder);
  } catch (error) {
    await stopOnce();
    throw error;
  }
  return { client: withFullPaths(client), pid: hello.pid, hello, stop: stopOnce };
}

function requireThreads({ threads, keyFile }: ConnectOptions, hello: Result<"hello">, { address }: ClientKey): void {
  if (hello.threads === threads) return;
  throw new ConfigError(
    `worker.threads: expected ${hello.threads}, with which the worker at ${address} (${keyFile}) was started, received ` +
      `${threads}; set worker.threads to that, or start the worker with --threads ${threads}`,
  );
}

function asStartError(error: unknown, address: string, state: string): WorkerError {
  if (!(error instanceof WorkerError)) return new WorkerError("start", messageOf(error), { cause: error });
  if (error.cause instanceof RemoteFailure && error.cause.remoteCode === "busy") {
    return new WorkerError(
      "busy",
      `The worker at ${address} serves another run, and one at a time; wait for its end, or start another worker.`,
      { cause: error },
    );
  }
  if (error.code === "silent") {
    return new WorkerError("start", `No worker answers at ${address}: ${state}`, { cause: error });
  }
  return error;
}

interface WatchedConnection {
  /** Called once, when it is sure that there is no worker behind the connection, or none any more. */
  onFailure(listener: (error: WorkerError) => void): void;
  /** What the connection came to so far, with the mend. */
  state(): string;
}

/** ZeroMQ tries again in silence whatever goes wrong; only its events tell. */
function watch(socket: Dealer, { address }: ClientKey, keyFile: string): WatchedConnection {
  let fail: (error: WorkerError) => void = () => undefined;
  let isOpen = false;
  let brokenHandshakes = 0;
  let state = `nothing listens there. Is \`coso worker\` running, is the address in ${keyFile} right, does a firewall let it through?`;
  const { events } = socket;
  events.on("connect", () => {
    state = "something listens there and says nothing";
  });
  events.on("handshake", () => {
    isOpen = true;
    state = "the connection stands, and the worker says nothing; it hangs or was suspended";
  });
  events.on("handshake:error:auth", () => {
    fail(
      new WorkerError(
        "start",
        `The worker at ${address} refuses the key in ${keyFile}: it was made for another one, or anew since. Copy the ` +
          "key file that `coso worker` names there.",
      ),
    );
  });
  events.on("handshake:error:protocol", ({ error }) => {
    fail(
      new WorkerError(
        "start",
        `What listens at ${address} is no worker with keys (${error.message}); it is \`coso worker\` that listens with them.`,
      ),
    );
  });
  events.on("handshake:error:other", () => {
    brokenHandshakes += 1;
    if (brokenHandshakes < MOST_BROKEN_HANDSHAKES) return;
    fail(
      new WorkerError(
        "start",
        `What listens at ${address} ends each connection at once: it has other keys than ${keyFile} says, or is no ` +
          "worker. Copy the key file that `coso worker` names there.",
      ),
    );
  });
  events.on("disconnect", () => {
    // A new connection would be a new client to the worker, which has forgotten this one.
    if (isOpen)
      fail(
        new WorkerError("exit", `The connection to the worker at ${address} was lost: it ended, or the network did.`),
      );
  });
  return {
    onFailure(listener) {
      fail = listener;
    },
    state: () => state,
  };
}
