import { appAgentCall } from "../../../parsing/appagent-call.ts";
import { APPAGENT_MARKER } from "../../../parsing/appagent-utterance.ts";
import { cogAgentOperation } from "../../../parsing/cogagent-utterance.ts";
import { autoUiFields, type PhoneAction } from "../../../parsing/phone-action.ts";
import type { ScreenElement } from "../../../parsing/screen-element.ts";
import type { PhoneFormat } from "../formats.ts";
import { toldAction } from "../told-action.ts";

/** What a demonstrator says. */
export interface Said {
  readonly action: PhoneAction;
  /** The action and what will follow it. */
  readonly plan: readonly PhoneAction[];
  /** On the screen that it is looking at. */
  readonly elements: readonly ScreenElement[];
}

/** Utterances of a format; null where it has no words for the action. */
export const SPOKEN: Record<PhoneFormat, (said: Said) => string | null> = {
  autoui: ({ action, plan }) => `${planned(plan)} ; Action Decision: ${autoUiFields(action)}`,
  cogagent: ({ action, plan }) => {
    const operation = cogAgentOperation(action);
    return operation && `${planned(plan)} ; Grounded Operation:${operation}`;
  },
  appagent: ({ action, plan, elements }) => {
    const call = appAgentCall(action, elements);
    const seen = elements.slice(0, MOST_SEEN).map(({ text }) => text);
    return (
      call &&
      [
        `Observation: I see ${seen.join(", ")}.`,
        `Thought: ${planned(plan)}`,
        `${APPAGENT_MARKER} ${call}`,
        `Summary: ${toldAction(action, elements)}`,
      ].join("\n")
    );
  },
};

/** Elements that an observation names. */
const MOST_SEEN = 4;

function planned(plan: readonly PhoneAction[]): string {
  return `Action Plan: [${plan.map(({ type }) => type).join(",")}]`;
}

/** Ways to break a format, of which f^parse reads no action. */
export const MALFORMATIONS: Record<PhoneFormat, readonly ((wellFormed: string) => string)[]> = {
  autoui: [
    (wellFormed) => wellFormed.replace("Action Decision: ", ""),
    (wellFormed) => wellFormed.replace(", ", " "),
    (wellFormed) => wellFormed.replace('"action_type": ', ""),
  ],
  cogagent: [
    (wellFormed) => wellFormed.replace("Grounded Operation:", ""),
    (wellFormed) => wellFormed.replace(/Operation:.*/, "Operation:"),
  ],
  appagent: [
    (wellFormed) => wellFormed.replace(APPAGENT_MARKER, ""),
    (wellFormed) => wellFormed.replace(/Action: \w+/, "Action: do"),
    (wellFormed) => wellFormed.replace(/(Action: [^\n]*?)[\])]?\n/, "$1\n").replace("FINISH", "DONE"),
  ],
};
