/** Starts a worker of two processes, lets them meet, and says its launcher's process id: for the test that kills this one. */
import { startWorker } from "../../ts/worker/process.ts";

const worker = await startWorker({ threads: 1, processes: 2 });
await worker.client.call("forgetSteps", { stepIds: null });
console.log(worker.pid);
