import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { pythonCommand, pythonEnvironment } from "../../ts/processes/python-command.ts";
import { type Supervised, supervise } from "../../ts/processes/supervised.ts";
import { eventually } from "./fake-worker.ts";

/** A worker of `fake_worker.py` that listens with keys. */
export interface ListeningWorker {
  readonly child: Supervised;
  /** What it said. */
  readonly said: readonly string[];
  stop(): Promise<void>;
}

export async function startListening(endpoint: string, keys: string, ...flags: string[]): Promise<ListeningWorker> {
  const [python = ""] = pythonCommand();
  const script = fileURLToPath(new URL("fake_worker.py", import.meta.url));
  const said: string[] = [];
  const child = await supervise(python, [script, "--endpoint", endpoint, "--keys", keys, ...flags], {
    env: pythonEnvironment(1),
    onLine: (line) => said.push(line),
  });
  await eventually(() => said.includes(`listening on ${endpoint}`), 10_000);
  return { child, said, stop: () => child.stop({ byItself: 0, terminated: 5_000 }) };
}

/** A port of the loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
