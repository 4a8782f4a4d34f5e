import { connect, createServer } from "node:net";
import type { Device } from "../../../../ts/environments/phones/device.ts";
import { FakeAndroid } from "./fake-android.ts";
import { FakeConsole } from "./fake-console.ts";
import { FakeDaemon } from "./fake-daemon.ts";

/** An emulator as adb sees it: a console at an even port, and a daemon at the next. */
export class FakeEmulator {
  readonly android: FakeAndroid;
  readonly daemon: FakeDaemon;
  readonly console: FakeConsole;
  /** Those that can be loaded. */
  readonly snapshots = new Set<string>();
  /** What `emu kill` does. */
  onKill: () => void = () => undefined;

  constructor(device: Device) {
    this.android = new FakeAndroid(device);
    this.daemon = new FakeDaemon((line) => this.android.execute(line));
    this.console = new FakeConsole((command) => this.#obey(command));
  }

  /** Opens both ports and tells the adb server, as real ones do. */
  async start(port: number): Promise<void> {
    await this.console.listen(port);
    await this.daemon.listen(port + 1);
    await announce(port + 1);
  }

  async stop(): Promise<void> {
    await Promise.all([this.daemon.close(), this.console.close()]);
  }

  #obey(command: string): string | undefined {
    if (command === "kill") this.onKill();
    const snapshot = /^avd snapshot load (.+)$/.exec(command)?.[1];
    if (snapshot === undefined) return undefined;
    if (!this.snapshots.has(snapshot)) return `snapshot ${snapshot} does not exist`;
    this.android.apps.clear();
    // What runs in a machine that is put back is gone, its links among it.
    this.daemon.drop();
    return undefined;
  }
}

/** An adb server looks for emulators when it starts; later ones say that they are there. */
function announce(adbPort: number): Promise<void> {
  const request = `host:emulator:${adbPort}`;
  const socket = connect(Number(process.env.ANDROID_ADB_SERVER_PORT ?? 5037), "127.0.0.1");
  return new Promise((resolve, reject) => {
    socket.once("error", reject).once("close", () => resolve());
    socket.end(request.length.toString(16).padStart(4, "0") + request);
  });
}

/** A free even port whose next one is free too. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort(0);
    const even = port - (port % 2);
    const isFree = await Promise.all([even, even + 1].map(freePort)).then(
      () => true,
      () => false,
    );
    if (isFree) return even;
  }
}

export function freePort(wanted: number): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(wanted, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : wanted;
      server.close(() => resolve(port));
    });
  });
}
