import { hostname } from "node:os";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { WorkerError } from "../errors.ts";
import { pythonCommand, pythonEnvironment } from "../processes/python-command.ts";
import { supervise } from "../processes/supervised.ts";
import { CLIENT_KEY_FILE, prepareKeys, tcpAddress } from "../worker/key-files.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger } from "./option-values.ts";

interface WorkerFlags {
  listen: string;
  address?: string;
  keys: string;
  threads: number;
  once?: boolean;
}

export function workerCommand(interruption: Interruption): Command {
  return new Command("worker")
    .description("Serve the tensors of runs that are led on other hosts, over TCP with CURVE keys.")
    .requiredOption("--listen <tcp://host:port>", "interface and port; 0.0.0.0 for all interfaces", listenAddress)
    .option(
      "--address <tcp://host:port>",
      "how clients reach it (default: this host's name for 0.0.0.0)",
      listenAddress,
    )
    .option(
      "--keys <file>",
      `the worker's keys, made where missing, with ${CLIENT_KEY_FILE} beside`,
      "coso-worker-server.json",
    )
    .option("--threads <n>", "CPU threads; an experiment's worker.threads has to be the same", positiveInteger, 1)
    .option("--once", "end when the first run has ended; without this the next one may come")
    .addHelpText(
      "after",
      `
Examples:
  coso worker --listen tcp://0.0.0.0:5555
  coso worker --listen tcp://0.0.0.0:5555 --address tcp://gpu7.lab:5555 --keys ~/keys/gpu7.json --threads 4
  coso worker --listen tcp://127.0.0.1:5555 --once

Then, where the run is led, with ${CLIENT_KEY_FILE} copied there (whoever holds it can use the worker):
  worker: { connect: "${CLIENT_KEY_FILE}" }          in the experiment, or
  coso train FILE --set worker.connect=${CLIENT_KEY_FILE}

One run at a time. Run folders have to lie on a file system that both hosts see under the same path.`,
    )
    .action(async ({ listen, address, keys, threads, once = false }: WorkerFlags) => {
      const files = prepareKeys(keys, address ?? reachable(listen));
      const [python = "", ...args] = pythonCommand();
      const child = await supervise(
        python,
        [...args, "--endpoint", listen, "--keys", resolve(keys), ...(once ? ["--once"] : [])],
        {
          env: pythonEnvironment(threads),
          onLine: (line) => {
            process.stdout.write(`${line}\n`);
            if (line.startsWith("listening on ")) process.stdout.write(instructions(files, keys, threads));
          },
        },
      );
      const ending = await interruption.during(
        "stopped",
        () => child.kill("SIGTERM"),
        async (signal) => {
          const how = await child.ended;
          if (signal.aborted) throw signal.reason;
          return how;
        },
      );
      if (ending !== "exited with code 0") {
        throw new WorkerError("start", `The worker ${ending}`, { tail: child.lines() });
      }
    });
}

function listenAddress(text: string): string {
  if (tcpAddress.safeParse(text).success) return text;
  throw new InvalidArgumentError(
    `Expected tcp://HOST:PORT, such as tcp://0.0.0.0:5555, a port up to 65535, got "${text}".`,
  );
}

/** All interfaces are no address to connect to; this host's name usually is one. */
function reachable(listen: string): string {
  return listen.replace(/^tcp:\/\/(0\.0\.0\.0|\*|\[::\]):/, `tcp://${hostname()}:`);
}

function instructions(
  { clientFile, address, isNew }: ReturnType<typeof prepareKeys>,
  keys: string,
  threads: number,
): string {
  const setting = threads === 1 ? "" : `, threads: ${threads}`;
  const use = `  in the experiment: worker: { connect: "${CLIENT_KEY_FILE}"${setting} }\n`;
  if (clientFile === null) {
    return `  clients use the ${CLIENT_KEY_FILE} that was taken from here; for new keys delete ${keys} and start again\n${use}`;
  }
  return (
    `  copy ${resolve(clientFile)} to where the run is led${isNew ? " (new keys; whoever holds the file can use this worker)" : ""}\n` +
    `  address in it: ${address}; --address gives another name\n${use}`
  );
}
