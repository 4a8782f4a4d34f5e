import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { ConfigError } from "../errors.ts";
import { Library } from "./reading/library.ts";
import { viewerApp } from "./server/app.ts";
import { clientFiles } from "./server/client-files.ts";

/** Only this machine can reach it: runs hold whatever models and phones' screens showed. */
const ADDRESS = "127.0.0.1";

export interface Viewer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the runs within `directory` until it is closed.
 * @param port 0 takes a free one.
 * @throws ConfigError when the port is taken or may not be listened on.
 */
export async function serveViewer(directory: string, port: number): Promise<Viewer> {
  const app = viewerApp(new Library(directory), await clientFiles());
  const server = createAdaptorServer({ fetch: app.fetch });
  await listening(server, port);
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${ADDRESS}:${actual}/`,
    close: async () => {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function listening(server: ServerType, port: number): Promise<void> {
  server.listen(port, ADDRESS);
  try {
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new ConfigError(
      `--port ${port}: cannot listen on ${ADDRESS} (${reason}); name another port, or 0 for a free one`,
      {
        cause,
      },
    );
  }
}
