import { fileURLToPath } from "node:url";
import { z } from "zod";
import { supervise } from "../../../processes/supervised.ts";
import { type Host, ProcessHost, ready } from "./host.ts";
import type { WorldsKind } from "./kinds.ts";
import { hostEnvironment, hostPython } from "./python.ts";

const CHILD = fileURLToPath(new URL("./pythonia-child.mjs", import.meta.url));
/** pythonia gives a call up after this; a plan in a large room may take minutes, and a lost Python is noticed at once. */
const CALL_LIMIT_MS = 24 * 60 * 60 * 1_000;

const message = z.strictObject({ id: z.int(), answer: z.string() });

/** Worlds behind pythonia. @throws WorldError `start` */
export async function startPythoniaHost(kind: WorldsKind = "text"): Promise<Host> {
  const child = await supervise(process.execPath, [CHILD, kind], {
    env: { ...hostEnvironment(), PYTHON_BIN: hostPython(), REQ_TIMEOUT: String(CALL_LIMIT_MS) },
    hasChannel: true,
  });
  const host = new ProcessHost(kind, child, (id, request) => child.send({ id, request }));
  child.onMessage((received) => {
    const { id, answer } = message.parse(received);
    host.settle(id, answer);
  });
  return await ready(host);
}
