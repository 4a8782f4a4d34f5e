import { PHONE_ACTION_TYPES } from "../../parsing/phone-action.ts";
import type { PhoneKey } from "./device.ts";
import type { PhoneFormat } from "./formats.ts";

/** What an explanation says that the agent has before it. */
export interface ScreenKind {
  readonly name: string;
  /** Those that it has. */
  readonly keys: readonly PhoneKey[];
}

/** What the keys do, as models are told. */
const KEYS: Record<PhoneKey, string> = {
  back: "to the screen before, or close a keyboard",
  home: "to the home screen",
  enter: "the Enter key, which submits what was typed",
};

/** A prompt for models that were never trained on the format: what is before them, what they can do, how to say it. */
export function explanationOf(format: PhoneFormat, screen: ScreenKind): string {
  const situation = `You operate ${screen.name}. The image shows its screen as it is now.`;
  return [situation, ...EXPLANATIONS[format](screen)].join("\n");
}

const TASK = "Goal: {task}";

const EXPLANATIONS: Record<PhoneFormat, (screen: ScreenKind) => readonly string[]> = {
  appagent: ({ keys }) => [
    "What can be touched has a number, white on black, on it or at one of its corners. Every screen has numbers of its own.",
    "In each turn you do one thing, which is one of:",
    "- tap(n): tap the element with the number n, as in tap(5)",
    "- long_press(n): keep a finger on it for a second",
    '- swipe(n, "direction", "distance"): move a finger that starts on it "up", "down", "left" or "right", by a "short", ' +
      '"medium" or "long" way, as in swipe(3, "up", "medium"); up brings into view what stands further down',
    '- text("words"): type words into the field that has the focus; a field gets it when it is tapped',
    ...keys.map((key) => `- ${key}(): ${KEYS[key]}`),
    "- FINISH: the task is done",
    "",
    TASK,
    "What you did last: {history}",
    "",
    "Answer in these four lines, and with nothing else:",
    "Observation: what you see that matters",
    "Thought: what the task needs next, and why",
    "Action: one of the above with its arguments, or FINISH",
    "Summary: what you have done so far, this action included, in a sentence without numbers",
  ],
  autoui: ({ keys }) => [
    `In each turn you do one thing. Its type is one of ${typesFor(keys).join(", ")}.`,
    "- DUAL_POINT puts a finger down at the touch point and lifts it at the lift point: a tap where both are the same, else a " +
      "swipe. A point is [y, x]: y from 0.0 at the top to 1.0 at the bottom, x from 0.0 at the left to 1.0 at the right.",
    "- TYPE types typed_text, without commas, into the field that has the focus; a field gets it when it is tapped.",
    "- STATUS_TASK_COMPLETE says that the task is done, TASK_IMPOSSIBLE that it cannot be done.",
    "",
    TASK,
    "What you did last: {history}",
    "",
    "Think in a sentence or two. Then end with one line of exactly this form; points are [-1.0, -1.0] where none is needed:",
    'Action Decision: "action_type": "DUAL_POINT", "touch_point": "[0.2500, 0.5000]", "lift_point": "[0.2500, 0.5000]", ' +
      '"typed_text": ""',
  ],
  cogagent: ({ keys }) => [
    "In each turn you do one thing, which is one of:",
    "- tap [[x,y]]: x from 0 at the left to 1000 at the right, y from 0 at the top to 1000 at the bottom",
    '- type "words": into the field that has the focus; a field gets it when it is tapped',
    "- swipe up, swipe down, swipe left, swipe right; up brings into view what stands further down",
    ...keys.map((key) => `- press ${key}: ${KEYS[key]}`),
    "- task complete: the task is done; task impossible: it cannot be done",
    "",
    TASK,
    "What you did last: {history}",
    "",
    "Think in a sentence or two. Then end with one line of this form, without a blank behind the colon:",
    "Grounded Operation:tap [[500,250]]",
  ],
};

function typesFor(keys: readonly PhoneKey[]): readonly string[] {
  const lacks = (key: PhoneKey, type: string) => type === `PRESS_${key.toUpperCase()}` && !keys.includes(key);
  return PHONE_ACTION_TYPES.filter((type) => !(["back", "home", "enter"] as const).some((key) => lacks(key, type)));
}
