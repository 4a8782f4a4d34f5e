import type { RunGroup } from "./run-group.ts";
import { conditionsText } from "./tables.ts";

/** What a group's success was measured on, in words: groups of different tasks are not to be compared. */
export function taskOf({ runs }: Pick<RunGroup, "runs">): string {
  const id = runs[0]?.config.experiment.environment.id ?? "";
  const played = runs.flatMap(({ outcome }) => (outcome.kind === "finished" ? outcome.summary.stages.slice(-1) : []));
  return `${id}${conditionsText(played[0]?.sampled.conditions)}`;
}
