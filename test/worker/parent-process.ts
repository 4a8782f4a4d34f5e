/** Starts a worker, says its process id, and has it compute for a minute: for the test that kills this process. */
import { command, startFakeWorker } from "./fake-worker.ts";

const worker = await startFakeWorker();
const computing = command(worker, "sleep 60");
console.log(worker.pid);
await computing;
