import { setTimeout as sleep } from "node:timers/promises";
import { EndpointError } from "../errors.ts";
import { deriveSeed, RandomStream } from "../random.ts";
import { duration } from "../report/format.ts";
import type { Dialect, EndpointAnswer } from "./dialect.ts";
import type { Endpoint, EndpointRequests, EndpointSampling } from "./endpoint.ts";
import { type Exchange, errorMessage, exchange, type Fault, type HttpRequest } from "./exchange.ts";
import { geminiDialect } from "./gemini.ts";
import { readKey, withoutKey } from "./key.ts";
import type { Message } from "./message.ts";
import { openAiDialect } from "./openai.ts";
import { Pace } from "./pace.ts";
import { backoffMs } from "./retry-delay.ts";
import { ANSWERED, type Spending } from "./spending.ts";

/** Who is asked to wait for longer had better come back. */
const LONGEST_WAIT_MS = 5 * 60_000;

/** Who is asked, how, and how often. */
export interface EndpointSettings {
  /** Spreads retries. */
  seed: number;
  endpoint: Endpoint;
  sampling: EndpointSampling;
  requests: EndpointRequests;
}

export interface ClientParts {
  prompting: EndpointSettings;
  spending: Spending;
  /** Hears of trouble that may pass, a line each. */
  onTrouble: (line: string) => void;
}

/** Asks an endpoint, as often as it takes and as fast as it may. */
export class EndpointClient {
  readonly #parts: ClientParts;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  #key: { readonly key: string | null } | undefined;
  /** Told already since the last answer. */
  readonly #told = new Set<string>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.prompting.requests);
  }

  /**
   * @param key names the answer in the record of requests
   * @throws EndpointError when the endpoint refuses or stays silent, or the budget is spent; what `stop` was told.
   */
  ask(message: Message, key: string): Promise<EndpointAnswer> {
    return this.#pace.place(() => this.#askUntilAnswered(message, key));
  }

  /** Begins nothing any more: calls that wait fail with `reason`; requests under way are waited for by their callers. */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
    this.#pace.stop(reason);
  }

  async #askUntilAnswered(message: Message, key: string): Promise<EndpointAnswer> {
    const { retries, firstRetryMs } = this.#parts.prompting.requests;
    const random = new RandomStream(deriveSeed(this.#parts.prompting.seed, `retries/${key}`));
    for (let attempt = 0; ; attempt++) {
      await this.#pace.turn();
      const attempted = await this.#attempt(message, key);
      if (attempted.kind === "answer") {
        this.#told.clear();
        return attempted.answer;
      }
      const { fault, isPassing, retryAfterMs } = attempted;
      if (!isPassing) throw this.#refusal(fault);
      const waitMs = retryAfterMs ?? backoffMs(attempt, firstRetryMs, random);
      if (attempt === retries || waitMs > LONGEST_WAIT_MS) throw this.#silence(fault, attempt + 1, retryAfterMs);
      this.#tell(`${faultText(fault)}; once more in ${duration(waitMs / 1000)}`, fault.code);
      if (retryAfterMs !== undefined) this.#pace.holdFor(retryAfterMs);
      await this.#wait(waitMs);
    }
  }

  async #attempt(
    message: Message,
    name: string,
  ): Promise<{ kind: "answer"; answer: EndpointAnswer } | Extract<Exchange, { kind: "fault" }>> {
    const { prompting, spending } = this.#parts;
    this.#key ??= { key: readKey(prompting.endpoint) };
    const { key } = this.#key;
    const dialect = dialectOf(prompting.endpoint);
    spending.begin();
    const outcome = await exchange(this.#request(dialect, message, key));
    const answer = outcome.kind === "reply" ? dialect.read(outcome.reply) : undefined;
    if (answer !== undefined) {
      const { inputTokens, outputTokens } = answer;
      spending.record({ key: name, outcome: ANSWERED, inputTokens, outputTokens });
      return { kind: "answer", answer: { ...answer, utterance: withoutKey(answer.utterance, longEnough(key)) } };
    }
    const failed = outcome.kind === "fault" ? outcome : emptyReply(outcome.reply);
    spending.record({ key: name, outcome: failed.fault.code, inputTokens: null, outputTokens: null });
    return { ...failed, fault: { ...failed.fault, message: withoutKey(failed.fault.message, key) } };
  }

  #request(dialect: Dialect, message: Message, key: string | null): HttpRequest {
    const { endpoint, sampling, requests } = this.#parts.prompting;
    return {
      url: dialect.url(endpoint),
      headers: key === null ? {} : dialect.headers(key),
      body: dialect.body(endpoint, message, sampling),
      timeoutMs: requests.timeoutMs,
    };
  }

  #refusal({ code, message }: Fault): EndpointError {
    const { endpoint } = this.#parts.prompting;
    return new EndpointError("refused", `${this.#where()} answered ${code}: ${message}; ${mendOf(code, endpoint)}`);
  }

  #silence(fault: Fault, attempts: number, retryAfterMs: number | undefined): EndpointError {
    const asked = retryAfterMs === undefined ? "" : `, and asks to wait for ${duration(retryAfterMs / 1000)}`;
    const mend = UNREACHED.has(fault.code) ? "; check endpoint.baseUrl, and whether its server runs" : "";
    return new EndpointError(
      "unanswered",
      `${this.#where()} gave no answer at attempt ${attempts}${asked}; the last was ${faultText(fault)}${mend}. ` +
        "What was answered is kept: the same command goes on from there",
    );
  }

  #where(): string {
    const { endpoint } = this.#parts.prompting;
    return `${dialectOf(endpoint).url(endpoint)}, model ${endpoint.model},`;
  }

  #tell(line: string, code: string): void {
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#parts.onTrouble(line);
  }

  async #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#stop;
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** The server's address leads nowhere. */
const UNREACHED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** Messages of the network begin with what was being done, and name the code themselves. */
function faultText({ code, message }: Fault): string {
  return message.includes(code) ? message : `${code}: ${message}`;
}

/** The dialect is chosen by the endpoint's kind, so the two belong together. */
function dialectOf({ kind }: Endpoint): Dialect {
  switch (kind) {
    case "openai":
      return openAiDialect as Dialect;
    case "gemini":
      return geminiDialect as Dialect;
  }
}

/** Some servers answer 200 and put an error, or nothing, into the body. */
function emptyReply(reply: unknown): Extract<Exchange, { kind: "fault" }> {
  const message = errorMessage(reply) ?? "a reply without an answer in it";
  return { kind: "fault", fault: { code: "200", message }, isPassing: true };
}

/** Words that stand for a key where none is needed may occur in an utterance; no key of this length does by chance. */
function longEnough(key: string | null): string | null {
  return key !== null && key.length >= 16 ? key : null;
}

function mendOf(code: string, { keyVariable, kind }: Endpoint): string {
  const key = keyVariable === null ? "no key was sent: set endpoint.keyVariable" : `check the key in ${keyVariable}`;
  switch (code) {
    case "401":
      return key;
    case "403":
      return `${key}, and whether it may use this model`;
    case "404":
      return "check endpoint.model and endpoint.baseUrl";
    case "429":
      return "check the account's quota";
    default:
      return code.startsWith("3")
        ? "set endpoint.baseUrl to where it leads"
        : `check the endpoint's settings: this server may not take all that kind "${kind}" sends`;
  }
}
