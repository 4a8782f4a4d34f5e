/**
 * A Node process of its own, since pythonia has one Python a process, starts it when it is imported, and keeps Node alive:
 * it hands texts on to `coso_alfworld.pythonia` and answers back, and ends with its Python or with its parent. Its one
 * argument is the kind of worlds that are served.
 */
import process from "node:process";
import pythonia from "pythonia";

const { python } = pythonia;
// Not in its types: the Python that it has started.
const { com } = /** @type {{ com: { proc: import("node:child_process").ChildProcess } }} */ (
  /** @type {unknown} */ (pythonia)
);

com.proc.once("exit", (/** @type {number | null} */ code, /** @type {string | null} */ signal) => {
  console.error(`Python ${signal === null ? `exited with code ${code}` : `was ended by ${signal}`}`);
  // biome-ignore lint/nursery/noProcessExit: pythonia keeps this process alive, which is of no use without its Python.
  process.exit(1);
});
process.once("disconnect", () => {
  python.exit();
  // biome-ignore lint/nursery/noProcessExit: nobody is left to answer.
  process.exit();
});

const module = await python("coso_alfworld.pythonia");
await module.serve(process.argv[2]);

process.on("message", async (/** @type {{ id: number, request: string }} */ { id, request }) => {
  process.send?.({ id, answer: await module.answer(request) });
});
// Those that came before the module was there have waited in the channel: Node reads none without a listener.
