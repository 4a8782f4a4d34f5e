import { createServer } from "node:net";
import { EnvironmentError } from "../../../errors.ts";

/** What the emulator takes: even ports, each with the next one for adb. */
const [FIRST, LAST] = [5554, 5682];

const taken = new Set<number>();

/**
 * The first console port that neither this process has reserved nor any program has open, it or the next one.
 * @throws EnvironmentError when all 65 are in use.
 */
export async function reservePort(): Promise<number> {
  for (let port = FIRST; port <= LAST; port += 2) {
    if (taken.has(port)) continue;
    // Before anything is awaited, so that two that ask at once get two.
    taken.add(port);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
    taken.delete(port);
  }
  throw new EnvironmentError(`emulator: all ports from ${FIRST} to ${LAST} are in use; end other emulators`);
}

export function releasePort(port: number): void {
  taken.delete(port);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server
      .once("error", () => resolve(false))
      .listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
