import type { Interaction } from "./interaction.ts";
import type { InvalidReason, ParsedAction } from "./parsing/parse.ts";
import type { ScreenElement } from "./parsing/screen-element.ts";

/** A step as `episodes.jsonl` keeps it. */
export interface RecordedStep {
  /** Unique within the run, and its name in `tokens.jsonl`; null where no policy of the worker spoke. */
  id: number | null;
  /** Null where it is word for word the step's before. */
  prompt: string | null;
  /** What the numbers on the image stand for, as f^parse needs them; absent where it has none. */
  elements?: readonly ScreenElement[];
  utterance: string;
  /** What could have stood in for an invalid utterance is not kept: `action` is what did. */
  parse: ParsedAction | { kind: "invalid"; reason: InvalidReason };
  action: unknown;
  reward: number;
  /** V(s_t) of the policy that acted; null where no policy of the worker did, and where it was not asked for then. */
  value: number | null;
  /** Name of the stored image; null without one. */
  image: string | null;
}

/**
 * @param before the episode's steps so far.
 * @param spoken what the worker knows of the step.
 */
export function recordedStep(
  {
    observation: { prompt, elements },
    utterance,
    parse,
    action,
    result,
  }: Pick<Interaction, "observation" | "utterance" | "parse" | "action" | "result">,
  image: string | null,
  before: readonly RecordedStep[],
  spoken: { readonly id: number; readonly value: number } | null,
): RecordedStep {
  const asked = before.findLast((step) => step.prompt !== null)?.prompt;
  return {
    id: spoken?.id ?? null,
    prompt: prompt === asked ? null : prompt,
    ...(elements !== undefined && { elements }),
    utterance,
    parse: parse.kind === "action" ? parse : { kind: "invalid", reason: parse.reason },
    action,
    reward: result.reward,
    value: spoken === null || Number.isNaN(spoken.value) ? null : spoken.value,
    image,
  };
}
