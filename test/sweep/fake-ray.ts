import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";

/** Instead of Ray's answer, for one request. `twice`: it is done, and the connection then breaks. */
export type Mishap = "break" | "twice" | "unavailable" | "error";

export interface FakeRayOptions {
  /** A folder of its own. */
  folder: string;
  /** What jobs get beside this process's environment. */
  env?: Record<string, string>;
  /** Jobs that run at a time. */
  room?: number;
  /** What requests must carry. */
  token?: string;
}

interface Job {
  readonly submission: Submission;
  status: string;
  message: string;
  error: string | null;
  exitCode: number | null;
  child: ChildProcess | undefined;
  isToldToStop: boolean;
}

export interface Submission {
  submission_id: string;
  entrypoint: string;
  metadata: Record<string, string>;
  runtime_env: { env_vars: Record<string, string>; working_dir?: string };
  entrypoint_num_cpus: number;
  entrypoint_num_gpus: number;
  entrypoint_memory: number;
  entrypoint_resources: Record<string, number>;
}

const NODE = "0123abcd";

/**
 * The part of Ray's dashboard that sweeps use, as Ray 2.60 answers, on this machine: jobs are shells' command lines that run
 * with their output in a folder of logs, and get signals one process at a time.
 */
export class FakeRay {
  readonly requests: { method: string; path: string; headers: IncomingMessage["headers"] }[] = [];
  /** What happens to the next request whose method and path match. */
  readonly mishaps: { on: RegExp; mishap: Mishap }[] = [];
  readonly submissions: Submission[] = [];
  readonly #jobs = new Map<string, Job>();
  readonly #packages = new Map<string, Buffer>();
  readonly #options: FakeRayOptions;
  #server: Server;
  #port = 0;
  room: number;

  private constructor(options: FakeRayOptions) {
    this.#options = options;
    this.room = options.room ?? 8;
    mkdirSync(this.#path("logs"), { recursive: true });
    this.#server = this.#newServer();
  }

  static async start(options: FakeRayOptions): Promise<FakeRay> {
    const ray = new FakeRay(options);
    await ray.listen();
    return ray;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** At the port it had before, if it had one. */
  async listen(): Promise<void> {
    this.#server = this.#newServer();
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** The head is away; its jobs go on. */
  async hangUp(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async stop(): Promise<void> {
    await this.hangUp();
    for (const job of this.#jobs.values()) await kill(job.child);
  }

  /** As after a restart without what keeps its memory. */
  async forget(): Promise<void> {
    for (const job of this.#jobs.values()) await kill(job.child);
    this.#jobs.clear();
  }

  statuses(): Record<string, string> {
    return Object.fromEntries([...this.#jobs].map(([id, { status }]) => [id, status]));
  }

  /** The node of a job is gone, with all that it had. */
  async loseNodeOf(id: string): Promise<void> {
    const job = this.#job(id);
    await kill(job.child);
    fail(job, "JOB_SUPERVISOR_ACTOR_DIED", "Job supervisor actor died: The actor died because its node has died.");
  }

  /** Ray gives up on a job that has waited for room. */
  timeOut(id: string): void {
    fail(
      this.#job(id),
      "JOB_SUPERVISOR_ACTOR_START_TIMEOUT",
      "Job supervisor actor failed to start within 900 seconds.",
    );
  }

  /** Ray cannot prepare what a job is to run in. */
  failSetup(id: string): void {
    fail(this.#job(id), "RUNTIME_ENV_SETUP_FAILURE", "runtime_env setup failed: no space left\nand more");
  }

  /** Someone stops a job by Ray's own tools. */
  stopJob(id: string): void {
    const job = this.#job(id);
    job.isToldToStop = true;
    void signalTree(job);
  }

  #job(id: string): Job {
    const job = this.#jobs.get(id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  }

  #path(...names: string[]): string {
    return join(this.#options.folder, ...names);
  }

  #newServer(): Server {
    return createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { method = "", url = "", headers } = request;
    this.requests.push({ method, path: url, headers });
    const place = this.mishaps.findIndex(({ on }) => on.test(`${method} ${url}`));
    const [planned] = place < 0 ? [] : this.mishaps.splice(place, 1);
    if (planned?.mishap === "break") return void request.socket.resetAndDestroy();
    if (planned?.mishap === "unavailable") return void response.writeHead(503).end("no upstream");
    if (planned?.mishap === "error") return void response.writeHead(500).end("Traceback\ntry again later");
    const { status, said } = this.#answer(method, new URL(url, this.address), headers, body);
    if (planned?.mishap === "twice") return void request.socket.resetAndDestroy();
    response.writeHead(status).end(typeof said === "string" || Buffer.isBuffer(said) ? said : JSON.stringify(said));
  }

  #answer(
    method: string,
    url: URL,
    headers: IncomingMessage["headers"],
    body: Buffer,
  ): { status: number; said: unknown } {
    const fromBrowser = headers["user-agent"]?.startsWith("Mozilla") === true || "sec-fetch-mode" in headers;
    if (fromBrowser && method !== "GET") return { status: 405, said: "Method Not Allowed for browser traffic." };
    const { token } = this.#options;
    if (token !== undefined && headers.authorization !== `Bearer ${token}`) {
      return { status: 401, said: "Unauthorized: Missing authentication token" };
    }
    const [, , kind, ...rest] = url.pathname.split("/");
    if (kind === "version") return { status: 200, said: { version: "4", ray_version: "2.60.0", ray_commit: "f" } };
    if (kind === "packages") {
      this.#packages.set(rest.at(-1) ?? "", body);
      return { status: 200, said: "" };
    }
    if (kind === "v0") return this.#file(url.searchParams.get("filename") ?? "");
    const id = decodeURIComponent(rest[0] ?? "");
    if (method === "POST" && id === "") return this.#submit(JSON.parse(body.toString("utf8")));
    const job = this.#jobs.get(id);
    if (job === undefined) return { status: 404, said: `Job ${id} does not exist` };
    if (rest[1] === "logs") return this.#log(id, job);
    if (rest[1] === "stop") {
      this.stopJob(id);
      return { status: 200, said: { stopped: true } };
    }
    const { status, message, error: error_type, exitCode: driver_exit_code } = job;
    const driver_node_id = job.child === undefined ? null : NODE;
    return { status: 200, said: { type: "SUBMISSION", status, message, error_type, driver_exit_code, driver_node_id } };
  }

  #submit(submission: Submission): { status: number; said: unknown } {
    const id = submission.submission_id;
    if (this.#jobs.has(id)) return { status: 500, said: `ValueError: Job with submission_id ${id} already exists.` };
    this.submissions.push(submission);
    this.#jobs.set(id, {
      submission,
      status: "PENDING",
      message: "Job has not started yet.",
      error: null,
      exitCode: null,
      child: undefined,
      isToldToStop: false,
    });
    setImmediate(() => this.startWaiting());
    return { status: 200, said: { submission_id: id } };
  }

  /** Starts jobs that wait, where there is room. */
  startWaiting(): void {
    for (const [id, job] of this.#jobs) {
      const running = [...this.#jobs.values()].filter(({ status }) => status === "RUNNING").length;
      if (job.status === "PENDING" && running < this.room) this.#start(id, job);
    }
  }

  #start(id: string, job: Job): void {
    const { entrypoint, runtime_env: environment } = job.submission;
    const folder = this.#path("nodes", id);
    mkdirSync(folder, { recursive: true });
    const uri = environment.working_dir;
    const sent = uri === undefined ? undefined : this.#packages.get(uri.replace("gcs://", ""));
    if (sent !== undefined) writeFileSync(join(folder, "package.zip"), sent);
    const unpack = sent === undefined ? "" : `${PYTHON} -m zipfile -e package.zip . && `;
    const log = openSync(this.#logFile(id), "a");
    const child = spawn("sh", ["-c", `${unpack}exec sh -c "$ENTRYPOINT"`], {
      cwd: folder,
      env: { ...process.env, ...this.#options.env, ...environment.env_vars, ENTRYPOINT: entrypoint },
      stdio: ["ignore", log, log],
      detached: true,
    });
    job.child = child;
    job.status = "RUNNING";
    if (job.isToldToStop) void signalTree(job);
    child.once("exit", (code) => {
      if (job.status !== "RUNNING") return;
      job.status = job.isToldToStop ? "STOPPED" : code === 0 ? "SUCCEEDED" : "FAILED";
      if (!job.isToldToStop) job.exitCode = code;
      if (job.status === "FAILED") job.error = "JOB_ENTRYPOINT_COMMAND_ERROR";
      this.startWaiting();
    });
  }

  #logFile(id: string): string {
    return this.#path("logs", `job-driver-${id}.log`);
  }

  #log(id: string, { error }: Job): { status: number; said: unknown } {
    if (error === "JOB_SUPERVISOR_ACTOR_DIED") return { status: 500, said: "Traceback\nClientConnectorError" };
    return {
      status: 200,
      said: { logs: existsSync(this.#logFile(id)) ? readFileSync(this.#logFile(id), "utf8") : "" },
    };
  }

  #file(name: string): { status: number; said: unknown } {
    const path = this.#path("logs", name);
    return existsSync(path) ? { status: 200, said: readFileSync(path) } : { status: 500, said: "No such file" };
  }
}

const PYTHON = "python3";

function fail(job: Job, error: string, message: string): void {
  Object.assign(job, { status: "FAILED", error, message });
}

/** Of a job, every process alone, as Ray does it. */
async function signalTree({ child, submission }: Job): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null) return;
  const { stdout } = await execa("ps", ["-o", "pid=", "-g", String(child.pid)], { reject: false });
  const signal = submission.runtime_env.env_vars.RAY_JOB_STOP_SIGNAL ?? "SIGTERM";
  for (const pid of stdout.split("\n").map(Number)) {
    try {
      if (pid > 0) process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGKILL");
  await ended;
}
