/** Connects to a worker, says its process id, and has it compute: for the test that kills this process. */
import { connectWorker } from "../../ts/worker/remote.ts";
import { command } from "./fake-worker.ts";

const [keyFile = "", runFolder = ""] = process.argv.slice(2);
const worker = await connectWorker({ keyFile, runFolder, threads: 1 });
const computing = command(worker, "sleep 3");
console.log(worker.pid);
await computing;
