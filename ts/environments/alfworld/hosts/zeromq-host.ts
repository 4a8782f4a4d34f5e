import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Dealer } from "zeromq";
import { createSocketFolder } from "../../../processes/socket-folder.ts";
import { supervise } from "../../../processes/supervised.ts";
import { type Host, ProcessHost, ready } from "./host.ts";
import type { WorldsKind } from "./kinds.ts";
import { hostEnvironment, hostPython } from "./python.ts";

/** The same worlds over a DEALER socket, without a Node process between. @throws WorldError `start` */
export async function startZeromqHost(kind: WorldsKind = "text"): Promise<Host> {
  const { folder, endpoint } = await createSocketFolder();
  const child = await supervise(hostPython(), ["-m", "coso_alfworld", "--worlds", kind, "--endpoint", endpoint], {
    env: hostEnvironment(),
    onExit: () => rmSync(folder, { recursive: true, force: true }),
  });
  const socket = new Dealer({ linger: 0, sendHighWaterMark: 0, reconnectInterval: 20 });
  socket.connect(endpoint);
  const host = new ProcessHost(
    kind,
    child,
    // Rejected only when the socket is closed, which the calls hear of by the end of the process.
    (id, request) => void socket.send([String(id), request]).catch(() => undefined),
    async () => {
      socket.close();
      await rm(folder, { recursive: true, force: true });
    },
  );
  void receive(socket, host);
  return await ready(host);
}

async function receive(socket: Dealer, host: ProcessHost): Promise<void> {
  for await (const [id, answer] of socket) host.settle(Number(id), String(answer));
}
