import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LauncherError, messageOf } from "../../errors.ts";

/** What Ray's job interface tells of a job; `driver_exit_code` is null unless the command itself came to an end. */
const jobSchema = z.looseObject({
  status: z.enum(["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED"]),
  message: z.string().nullish(),
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
}

/** What one trial has for itself while it runs. */
export interface RayResources {
  readonly cpus: number;
  readonly gpus: number;
  /** Custom resources of the cluster's nodes, such as `{ "accelerator_type:H100": 0.001 }`. */
  readonly custom: Readonly<Record<string, number>>;
}

const ANSWER_MS = 30_000;
const DOWNLOAD_MS = 30 * 60_000;
/** Waits before a request is sent again that nobody answered. */
const REPEAT_MS = [500, 2_000, 5_000, 15_000];

/** A Ray cluster's job interface, over plain HTTP. All of its methods throw LauncherError when the cluster does not answer. */
export class RayJobs {
  readonly address: string;
  readonly #headers: Readonly<Record<string, string>>;

  /** @param headers such as those that a proxy before the cluster asks for. */
  constructor(address: string, headers: Readonly<Record<string, string>> = {}) {
    this.address = address.replace(/\/+$/, "");
    this.#headers = headers;
  }

  /** The cluster's version of Ray. */
  async version(): Promise<string> {
    const { ray_version: version } = z.looseObject({ ray_version: z.string() }).parse(await this.#json("/api/version"));
    return version;
  }

  async submit({ id, entrypoint, env, resources, metadata }: RaySubmission): Promise<void> {
    const request = {
      submission_id: id,
      entrypoint,
      metadata,
      runtime_env: { env_vars: env },
      entrypoint_num_cpus: resources.cpus,
      entrypoint_num_gpus: resources.gpus,
      entrypoint_resources: resources.custom,
    };
    try {
      await this.#json("/api/jobs/", request);
    } catch (error) {
      // A request that was sent twice may have arrived the first time.
      if ((await this.find(id)) === undefined) throw error;
    }
  }

  /** Undefined where there is no such job. */
  async find(id: string): Promise<RayJob | undefined> {
    const answer = await this.#request(`/api/jobs/${encodeURIComponent(id)}`);
    if (answer.statusCode === 404) return undefined;
    return jobSchema.parse(await this.#body(answer));
  }

  /** All that it has written so far. */
  async logs(id: string): Promise<string> {
    const logs = z
      .looseObject({ logs: z.string() })
      .parse(await this.#json(`/api/jobs/${encodeURIComponent(id)}/logs`));
    return logs.logs;
  }

  /** Asks a job to stop, by SIGTERM. */
  async stop(id: string): Promise<void> {
    await this.#json(`/api/jobs/${encodeURIComponent(id)}/stop`, {});
  }

  /** A file that a job left among its node's logs; undefined where there is none. */
  async file(nodeId: string, name: string): Promise<IncomingMessage | undefined> {
    const query = new URLSearchParams({ node_id: nodeId, filename: name, lines: "-1" });
    const answer = await this.#request(`/api/v0/logs/file?${query}`, undefined, DOWNLOAD_MS);
    if (isOk(answer)) return answer;
    answer.resume();
    return undefined;
  }

  async #json(path: string, body?: object): Promise<unknown> {
    return this.#body(await this.#request(path, body));
  }

  async #body(answer: IncomingMessage): Promise<unknown> {
    const said = await text(answer);
    if (!isOk(answer)) throw new LauncherError(`${this.address} answered ${answer.statusCode}: ${said.slice(0, 500)}`);
    try {
      return JSON.parse(said);
    } catch (cause) {
      throw new LauncherError(`${this.address}: no Ray cluster's job interface; it answered ${said.slice(0, 100)}`, {
        cause,
      });
    }
  }

  /** Tells of no answer at all, after trying for a while: heads restart. */
  async #request(path: string, body?: object, limitMs = ANSWER_MS): Promise<IncomingMessage> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#send(path, body, limitMs);
      } catch (cause) {
        const waitMs = REPEAT_MS[attempt];
        if (waitMs === undefined) {
          throw new LauncherError(
            `${this.address} does not answer: ${messageOf(cause)}; start a cluster by ray start --head, or name another by --ray`,
            { cause },
          );
        }
        await sleep(waitMs);
      }
    }
  }

  /** Not by `fetch`, whose headers Ray takes for a browser's, and refuses. */
  #send(path: string, body: object | undefined, limitMs: number): Promise<IncomingMessage> {
    const url = new URL(`${this.address}${path}`);
    const send = url.protocol === "https:" ? overHttps : overHttp;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method: body === undefined ? "GET" : "POST",
        headers: { ...this.#headers, ...(body !== undefined && { "content-type": "application/json" }) },
        signal: AbortSignal.timeout(limitMs),
      });
      request.once("response", resolve).once("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function isOk({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}
