import type { RayJob } from "./jobs.ts";

/**
 * - `failed`: the command ended by itself, and not well; or it never will start
 * - `lost`: it was cut off, as when its node is gone
 * - `unplaced`: the cluster had no room for it in the time that Ray lets a job wait
 */
export type JobEnding =
  | { readonly kind: "succeeded" }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly what: string }
  | { readonly kind: "lost"; readonly what: string }
  | { readonly kind: "unplaced" };

/** How a job ended, undefined while it has not. */
export function endingOf({
  status,
  driver_exit_code: code,
  error_type: error,
  message,
}: RayJob): JobEnding | undefined {
  switch (status) {
    case "PENDING":
    case "RUNNING":
      return undefined;
    case "SUCCEEDED":
      return { kind: "succeeded" };
    case "STOPPED":
      return { kind: "stopped" };
    case "FAILED":
      // Ray's message repeats the log, which is at hand.
      if (typeof code === "number") return { kind: "failed", what: `exited with code ${code}` };
      if (error === "JOB_SUPERVISOR_ACTOR_START_TIMEOUT") return { kind: "unplaced" };
      if (typeof error === "string" && HOPELESS.has(error))
        return { kind: "failed", what: firstLine(message ?? error) };
      return { kind: "lost", what: firstLine(message ?? "its node is gone") };
  }
}

/** Kinds of error that come again however often a job is submitted. */
const HOPELESS = new Set(["RUNTIME_ENV_SETUP_FAILURE", "JOB_SUPERVISOR_ACTOR_UNSCHEDULABLE"]);

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
