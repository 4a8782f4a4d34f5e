import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const INSTALL = "python3 -m venv .ray-venv && .ray-venv/bin/pip install -r python/requirements-ray.txt";

/** Ray's own program, in the environment that COSO_RAY names or in `.ray-venv`; undefined where there is none. */
export function rayProgram(): string | undefined {
  const program = resolve(process.env.COSO_RAY ?? ".ray-venv", "bin", "ray");
  return existsSync(program) ? program : undefined;
}

/** A real cluster on this machine, at ports of its own. Its many processes are in process groups that end for sure. */
export class RayCluster {
  readonly address: string;
  readonly #program: string;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #nodes: ChildProcess[] = [];

  private constructor(program: string, folder: string, port: number, env: Record<string, string>) {
    this.#program = program;
    this.#folder = folder;
    this.#env = env;
    this.address = `http://127.0.0.1:${port}`;
  }

  /** @param env what trials get beside this process's environment. */
  static async start(program: string, cpus: number, env: Record<string, string>): Promise<RayCluster> {
    // Sockets lie in it, and their paths may not be long.
    const folder = mkdtempSync(join(tmpdir(), "ray-"));
    const [gcs, dashboard, client] = [await freePort(), await freePort(), await freePort()];
    const cluster = new RayCluster(program, folder, dashboard, env);
    await cluster.#start(
      ["--head", `--port=${gcs}`, `--num-cpus=${cpus}`, `--temp-dir=${folder}`],
      ["--dashboard-host=127.0.0.1", `--dashboard-port=${dashboard}`, `--ray-client-server-port=${client}`],
    );
    await cluster.#until(async () => (await fetch(`${cluster.address}/api/version`)).ok);
    await cluster.#until(async () => cluster.#gcsAddress() !== undefined);
    return cluster;
  }

  /** Another node with so many CPUs; returns what makes it vanish. */
  async addNode(cpus: number): Promise<() => Promise<void>> {
    const node = await this.#start([`--address=${this.#gcsAddress()}`, `--num-cpus=${cpus}`], []);
    const numNodes = this.#nodes.length;
    await this.#until(async () => {
      const answer = await fetch(`${this.address}/nodes?view=summary`);
      const { data } = (await answer.json()) as { data: { summary: unknown[] } };
      return data.summary.length === numNodes;
    });
    return () => killGroup(node);
  }

  /** Every process of it, and its folder. */
  async stop(): Promise<void> {
    for (const node of this.#nodes) await killGroup(node);
    // Workers and jobs have groups of their own, and go when they notice; whoever has not by then is ended by id.
    for (let wait = 0; processesIn(this.#folder).length > 0; wait++) {
      if (wait > 20) for (const pid of processesIn(this.#folder)) process.kill(pid, "SIGKILL");
      await sleep(250);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(where: readonly string[], ports: readonly string[]): Promise<ChildProcess> {
    const log = openSync(join(this.#folder, "start.log"), "a");
    const words = ["start", "--block", "--disable-usage-stats", "--object-store-memory=80000000"];
    const node = spawn(this.#program, [...words, "--dashboard-agent-listen-port=0", ...where, ...ports], {
      env: { ...process.env, ...this.#env, RAY_TMPDIR: this.#folder },
      stdio: ["ignore", log, log],
      detached: true,
    });
    this.#nodes.push(node);
    const pid = node.pid ?? 0;
    process.once("exit", () => {
      if (node.exitCode === null && node.signalCode === null) process.kill(-pid, "SIGKILL");
    });
    return node;
  }

  /** Where other nodes join, as the head says once it is up. */
  #gcsAddress(): string | undefined {
    return /--address='([\d.:]+)'/.exec(readFileSync(join(this.#folder, "start.log"), "utf8"))?.[1];
  }

  async #until(isSo: () => Promise<boolean>): Promise<void> {
    while (!(await isSo().catch(() => false))) {
      if (this.#nodes.some(({ exitCode }) => exitCode !== null)) {
        throw new Error(`ray start ended: ${readFileSync(join(this.#folder, "start.log"), "utf8")}`);
      }
      await sleep(250);
    }
  }
}

async function killGroup(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const ended = once(node, "exit");
  process.kill(-(node.pid ?? 0), "SIGKILL");
  await ended;
}

/** Of those whose command line or open log names a folder that is ours alone. */
function processesIn(folder: string): number[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const output = readlinkSync(`/proc/${pid}/fd/1`);
      return command.includes(`${folder}/`) || output.startsWith(`${folder}/`) ? [pid] : [];
    } catch {
      return [];
    }
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
