import { z } from "zod";
import type { RandomStream } from "../random.ts";

/** Waits double from one attempt to the next, up to this. */
const LONGEST_BACKOFF_MS = 60_000;

/**
 * Exponential backoff: `firstMs` · 2^attempt, of which a random half is left out, so that what failed together does not
 * come again together. Attempts count from 0.
 */
export function backoffMs(attempt: number, firstMs: number, random: RandomStream): number {
  return Math.min(firstMs * 2 ** attempt, LONGEST_BACKOFF_MS) * (1 - random.float() / 2);
}

/**
 * How long the endpoint asks to wait: `retry-after-ms`, `Retry-After` in seconds or as a date, or the `retryDelay` in
 * the body of Google's errors. Undefined where it does not say.
 */
export function askedDelayMs(headers: Headers, body: unknown, now = Date.now()): number | undefined {
  const milliseconds = headers.get("retry-after-ms");
  if (milliseconds !== null && isNumber(milliseconds)) return Number(milliseconds);
  const after = headers.get("retry-after");
  if (after === null) return googleDelayMs(body);
  if (isNumber(after)) return Number(after) * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const googleError = z.object({
  error: z.object({ details: z.array(z.object({ retryDelay: z.string().optional() })) }),
});

function googleDelayMs(body: unknown): number | undefined {
  const details = googleError.safeParse(body).data?.error.details ?? [];
  const delay = details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text.trim());
}
