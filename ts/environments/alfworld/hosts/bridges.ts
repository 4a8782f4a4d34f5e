import type { Host } from "./host.ts";
import type { WorldsKind } from "./kinds.ts";
import { WorldPool } from "./pool.ts";
import { startPythoniaHost } from "./pythonia-host.ts";
import { startZeromqHost } from "./zeromq-host.ts";

/** - `pythonia`: a Node process with pythonia and its Python · `zeromq`: the same Python over a socket */
export const BRIDGES = ["pythonia", "zeromq"] as const;
export type Bridge = (typeof BRIDGES)[number];

const STARTERS: Record<Bridge, (kind: WorldsKind) => Promise<Host>> = {
  pythonia: startPythoniaHost,
  zeromq: startZeromqHost,
};

const pools = new Map<string, WorldPool>();

/** The pool that all environments of this process share which want their worlds alike. */
export function poolOf(bridge: Bridge, worldsPerProcess: number, kind: WorldsKind = "text"): WorldPool {
  const key = `${kind} ${bridge} ${worldsPerProcess}`;
  const pool = pools.get(key) ?? new WorldPool(() => STARTERS[bridge](kind), worldsPerProcess);
  pools.set(key, pool);
  return pool;
}
