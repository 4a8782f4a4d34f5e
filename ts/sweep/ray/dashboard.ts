import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError, LauncherError, messageOf } from "../../errors.ts";

export interface DashboardOptions {
  /** Sent with every request, such as those that a proxy before the cluster asks for. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Waits before a request is sent again that nobody answered. */
  readonly repeatMs?: readonly number[];
}

export interface DashboardRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: { readonly type: string; readonly content: string | Buffer };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const ANSWER_MS = 30_000;
const TRANSFER_MS = 30 * 60_000;
/** Two minutes together: a head that is started again on another machine takes one. */
const REPEAT_MS = [500, 2_000, 5_000, 15_000, 30_000, 60_000];
/** What a proxy says for a head that is not there. */
const NOBODY = new Set([502, 503, 504]);

/** A Ray cluster's dashboard, over plain HTTP. All methods throw LauncherError when it does not answer. */
export class Dashboard {
  readonly address: string;
  readonly repeatMs: readonly number[];
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws ConfigError when `address` is no URL. */
  constructor(address: string, { headers = {}, repeatMs = REPEAT_MS }: DashboardOptions = {}) {
    if (!/^https?:\/\/./.test(address) || !URL.canParse(address)) {
      throw new ConfigError(`--ray: expected the dashboard's URL, such as http://127.0.0.1:8265, received ${address}`);
    }
    this.address = address.replace(/\/+$/, "");
    this.#headers = headers;
    this.repeatMs = repeatMs;
  }

  /** @param repeatMs none for what a person waits for. */
  ask(request: DashboardRequest, repeatMs = this.repeatMs): Promise<Answer> {
    const limitMs = request.method === "PUT" ? TRANSFER_MS : ANSWER_MS;
    return this.#repeating(repeatMs, async () => {
      const answer = await this.#send(request, limitMs);
      return { status: answer.statusCode ?? 0, text: await text(answer) };
    });
  }

  /** For what is large: its body is to be read or resumed. It may break off. */
  open(path: string): Promise<IncomingMessage> {
    return this.#repeating(this.repeatMs, () => this.#send({ method: "GET", path }, TRANSFER_MS));
  }

  async #repeating<A extends { status: number } | IncomingMessage>(
    repeatMs: readonly number[],
    send: () => Promise<A>,
  ): Promise<A> {
    for (const waitMs of [...repeatMs, undefined]) {
      try {
        const answer = await send();
        const status = "status" in answer ? answer.status : (answer.statusCode ?? 0);
        if (!NOBODY.has(status)) return answer;
        throw new LauncherError(`status ${status}`);
      } catch (cause) {
        if (waitMs === undefined) {
          const mend = "start a cluster by ray start --head, or name another by --ray";
          throw new LauncherError(`${this.address} does not answer: ${reasonOf(cause)}; ${mend}`, { cause });
        }
        await sleep(waitMs);
      }
    }
    throw new RangeError("the last try has returned or thrown");
  }

  /** Not by `fetch`, whose headers Ray takes for a browser's, and refuses. */
  #send({ method, path, body }: DashboardRequest, limitMs: number): Promise<IncomingMessage> {
    const url = new URL(`${this.address}${path}`);
    const send = url.protocol === "https:" ? overHttps : overHttp;
    return new Promise((resolve, reject) => {
      const request = send(url, {
        method,
        headers: {
          ...this.#headers,
          ...(body !== undefined && { "content-type": body.type, "content-length": Buffer.byteLength(body.content) }),
        },
        signal: AbortSignal.timeout(limitMs),
      });
      request.once("response", resolve).once("error", reject);
      request.end(body?.content);
    });
  }
}

export function isOk(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** A connection that was refused on both of localhost's addresses has no message of its own. */
function reasonOf(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(messageOf).join(", ") : messageOf(error);
}
