import { createServer, type Server, type Socket } from "node:net";

/** The console of an emulator: lines in, an answer and `OK` or `KO` out. */
export class FakeConsole {
  readonly commands: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param obey returns why a command cannot be done, if it cannot. */
  constructor(obey: (command: string) => string | undefined) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => this.#sockets.delete(socket));
      socket.write("Android Console: Authentication required\nOK\n");
      socket.setEncoding("utf8").on("data", (chunk) => {
        for (const command of String(chunk).split("\n").filter(Boolean)) {
          if (command === "quit") socket.end();
          else if (command.startsWith("auth"))
            socket.write("Android Console: type 'help' for a list of commands\nOK\n");
          else {
            this.commands.push(command);
            const refusal = obey(command);
            socket.write(refusal === undefined ? "OK\n" : `KO: ${refusal}\n`);
          }
        }
      });
    });
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
