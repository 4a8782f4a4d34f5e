import { z } from "zod";
import type { JsonValue } from "../environments/environment.ts";
import { askedDelayMs } from "./retry-delay.ts";

/** A request with everything it needs, and how long its answer may take. */
export interface HttpRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: { readonly [field: string]: JsonValue };
  timeoutMs: number;
}

/** What came of one request. */
export type Exchange =
  | { kind: "reply"; reply: unknown }
  | { kind: "fault"; fault: Fault; isPassing: boolean; retryAfterMs?: number | undefined };

export interface Fault {
  /** A status, or a word such as `timeout` or `ECONNRESET`. */
  code: string;
  message: string;
}

/** Statuses that may be gone at the next attempt, beside 5xx. */
const PASSING = new Set([408, 409, 425, 429]);

/** Sends one request and reads its whole answer. Never throws: whatever can go wrong on the way is a fault. */
export async function exchange({ url, headers, body, timeoutMs }: HttpRequest): Promise<Exchange> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify(body),
      // Followed, a POST would become a GET, and the key might reach another host.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return outcomeOf(response, await response.text());
  } catch (error) {
    return { kind: "fault", fault: networkFault(error, timeoutMs), isPassing: true };
  }
}

function outcomeOf(response: Response, text: string): Exchange {
  const { status, headers } = response;
  const reply = parseJson(text);
  if (response.ok) {
    if (reply !== undefined) return { kind: "reply", reply };
    return { kind: "fault", fault: { code: String(status), message: `no JSON but ${excerpt(text)}` }, isPassing: true };
  }
  const location = headers.get("location");
  const message = location === null ? (errorMessage(reply) ?? excerpt(text)) : `a redirect to ${location}`;
  return {
    kind: "fault",
    fault: { code: String(status), message },
    isPassing: (status >= 500 || PASSING.has(status)) && !isQuotaSpent(reply),
    retryAfterMs: askedDelayMs(headers, reply),
  };
}

const errorShape = z.object({
  error: z.union([z.string(), z.object({ message: z.string(), code: z.unknown().optional() })]),
});

/** What an endpoint says in the body of an error, in any of the common shapes. */
export function errorMessage(reply: unknown): string | undefined {
  // Some servers wrap the error into a list.
  const error = errorShape.safeParse(Array.isArray(reply) ? reply[0] : reply).data?.error;
  const message = typeof error === "object" ? error.message : error;
  return message === undefined ? undefined : excerpt(message);
}

/** OpenAI answers 429 for two things; waiting helps only against the other. */
function isQuotaSpent(reply: unknown): boolean {
  const error = errorShape.safeParse(reply).data?.error;
  return typeof error === "object" && error.code === "insufficient_quota";
}

/** Fetch says no more than "fetch failed"; why stands in the cause. */
function networkFault(error: unknown, timeoutMs: number): Fault {
  if (error instanceof Error && error.name === "TimeoutError") {
    return { code: "timeout", message: `no answer within ${timeoutMs} ms (requests.timeoutMs)` };
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "network";
  // Several addresses were tried: the error of all together has no words of its own.
  const words = cause instanceof Error && cause.message !== "" ? cause.message : "no connection";
  return { code, message: words };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line === "") return "nothing";
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
