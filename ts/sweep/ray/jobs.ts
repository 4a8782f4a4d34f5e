import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LauncherError } from "../../errors.ts";
import { type Answer, type Dashboard, type DashboardRequest, isOk } from "./dashboard.ts";
import type { RayResources } from "./resources.ts";

/** What Ray's job interface tells of a job; `driver_exit_code` is null unless the command itself came to an end. */
const jobSchema = z.looseObject({
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.string().nullish(),
  /** Ray's `JobErrorType`. */
  error_type: z.string().nullish(),
  driver_exit_code: z.int().nullish(),
  driver_node_id: z.string().nullish(),
});
export type RayJob = z.output<typeof jobSchema>;

export interface RaySubmission {
  /** Unique in the cluster. */
  readonly id: string;
  /** A shell's command line. */
  readonly entrypoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly resources: RayResources;
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of a package that was sent; the command starts in a folder that holds what is in it. */
  readonly package: string | undefined;
}

/** Ray takes no longer body. */
export const MOST_PACKAGE_BYTES = 100 * 2 ** 20 - 2 ** 10;
/** How often a submission is tried that the head could not pass on. */
const SUBMISSIONS = 4;

/** A Ray cluster's job interface. All of its methods throw LauncherError when the cluster does not answer, or not as Ray does. */
export class RayJobs {
  readonly #dashboard: Dashboard;

  constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard;
  }

  /** The cluster's version of Ray. Asks once: a person who mistyped an address should not wait. */
  async version(): Promise<string> {
    const answer = await this.#dashboard.ask({ method: "GET", path: "/api/version" }, []);
    return this.#read(answer, z.looseObject({ ray_version: z.string() })).ray_version;
  }

  async submit({ id, entrypoint, env, resources, metadata, package: sent }: RaySubmission): Promise<void> {
    const request = json("/api/jobs/", {
      submission_id: id,
      entrypoint,
      metadata,
      runtime_env: { env_vars: env, ...(sent !== undefined && { working_dir: packageUri(sent) }) },
      entrypoint_num_cpus: resources.cpus,
      entrypoint_num_gpus: resources.gpus,
      entrypoint_memory: resources.memory,
      entrypoint_resources: resources.custom,
    });
    const { repeatMs } = this.#dashboard;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#dashboard.ask(request);
      if (isOk(answer.status)) return;
      // A request that was sent twice may have arrived the first time.
      if ((await this.find(id)) !== undefined) return;
      const waitMs = repeatMs[attempt];
      if (answer.status < 500 || attempt + 1 === SUBMISSIONS || waitMs === undefined) throw this.#refusal(answer);
      await sleep(waitMs);
    }
  }

  /** Undefined where there is no such job. */
  async find(id: string): Promise<RayJob | undefined> {
    const answer = await this.#dashboard.ask({ method: "GET", path: `/api/jobs/${encodeURIComponent(id)}` });
    return answer.status === 404 ? undefined : this.#read(answer, jobSchema);
  }

  /** All that it has written so far. Repeated once only: a node that is gone has none to give. */
  async logs(id: string): Promise<string> {
    const request = { method: "GET", path: `/api/jobs/${encodeURIComponent(id)}/logs` } as const;
    const answer = await this.#dashboard.ask(request, this.#dashboard.repeatMs.slice(0, 1));
    return this.#read(answer, z.looseObject({ logs: z.string() })).logs;
  }

  /** Asks a job to stop, by the signal that its environment names. One that waits for room is stopped when it has some. */
  async stop(id: string): Promise<void> {
    const answer = await this.#dashboard.ask(json(`/api/jobs/${encodeURIComponent(id)}/stop`, {}));
    if (!isOk(answer.status) && answer.status !== 404) throw this.#refusal(answer);
  }

  /** Keeps a zip file for jobs to start from, for as long as one uses it. */
  async send(name: string, zip: Buffer): Promise<void> {
    const path = `/api/packages/${packageUri(name).replace("://", "/")}`;
    const body = { type: "application/octet-stream", content: zip };
    const answer = await this.#dashboard.ask({ method: "PUT", path, body });
    if (!isOk(answer.status)) throw this.#refusal(answer);
  }

  /** A file that a job left among its node's logs; undefined where there is none. */
  async file(nodeId: string, name: string): Promise<IncomingMessage | undefined> {
    const query = new URLSearchParams({ node_id: nodeId, filename: name, lines: "-1" });
    const answer = await this.#dashboard.open(`/api/v0/logs/file?${query}`);
    if (isOk(answer.statusCode)) return answer;
    answer.resume();
    return undefined;
  }

  #read<T>(answer: Answer, schema: z.ZodType<T>): T {
    if (!isOk(answer.status)) throw this.#refusal(answer);
    try {
      return schema.parse(JSON.parse(answer.text));
    } catch (cause) {
      const said = answer.text.slice(0, 100);
      throw new LauncherError(`${this.#dashboard.address}: no Ray cluster's job interface; it answered ${said}`, {
        cause,
      });
    }
  }

  #refusal({ status, text }: Answer): LauncherError {
    const mend = status === 401 || status === 403 ? "; what it wants to see goes into RAY_JOB_HEADERS" : "";
    return new LauncherError(`${this.#dashboard.address} answered ${status}: ${lastOf(text)}${mend}`);
  }
}

function json(path: string, content: object): DashboardRequest {
  return { method: "POST", path, body: { type: "application/json", content: JSON.stringify(content) } };
}

function packageUri(name: string): string {
  return `gcs://${name}`;
}

/** What went wrong stands at the end of a traceback. */
function lastOf(text: string): string {
  return text.trim().slice(-500) || "nothing";
}
