import type { PhoneAction } from "../../parsing/phone-action.ts";
import type { RgbImage } from "../environment.ts";
import type { PhoneTask } from "./task.ts";

/** Says after every step whether the task is done. */
export interface Judge<Task extends PhoneTask = PhoneTask> {
  verdict(task: Task, seen: Evidence): Promise<Verdict>;
}

/** What a judge may look at. */
export interface Evidence {
  /** The screen before the last action, and after it. */
  readonly before: RgbImage;
  readonly after: RgbImage;
  /** All that were executed, the last one last. */
  readonly actions: readonly PhoneAction[];
}

/** `unknown`: the judge itself failed; an episode that ends so counts neither as a success nor as a failure. */
export type Verdict =
  | { readonly kind: "success" }
  | { readonly kind: "failure" }
  | { readonly kind: "unknown"; readonly reason: string };
