import { readFileSync } from "node:fs";
import type { Summary } from "../ts/train.ts";

/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (error: unknown) => error,
  );
}

export function readJson(file: string) {
  return JSON.parse(readFileSync(file, "utf8"));
}

export function readLines(file: string) {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The lines of metrics.jsonl but for times. */
export function metricsOf(directory: string): unknown[] {
  return readLines(`${directory}/metrics.jsonl`).map(({ seconds: _seconds, ...rest }) => rest);
}

/** What two equal runs have in common. */
export function timeless({ seconds: _seconds, peakMemoryBytes: _bytes, ...rest }: Summary): unknown {
  return JSON.parse(JSON.stringify(rest));
}
