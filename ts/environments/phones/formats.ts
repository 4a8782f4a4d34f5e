import { parseAppAgent } from "../../parsing/appagent-utterance.ts";
import { type FactorsOfPhoneAction, parseAutoUi } from "../../parsing/autoui-utterance.ts";
import { parseCogAgent } from "../../parsing/cogagent-utterance.ts";
import type { ParseResult } from "../../parsing/parse.ts";
import { autoUiFields, type PhoneAction } from "../../parsing/phone-action.ts";
import type { ScreenElement } from "../../parsing/screen-element.ts";
import type { Observation } from "../environment.ts";
import { toldAction } from "./told-action.ts";

/** Whose way of writing an action f^parse reads. */
export const PHONE_FORMATS = ["autoui", "cogagent", "appagent"] as const;
export type PhoneFormat = (typeof PHONE_FORMATS)[number];

interface FormOfActions {
  /** Whether actions name elements by number, so that the image shows numbers and observations list what they stand for. */
  readonly isLabelled: boolean;
  readonly parse: (
    utterance: string,
    observation: Observation,
    factorsOf: FactorsOfPhoneAction,
  ) => ParseResult<PhoneAction>;
  /** An action as the prompt's history shows it; `elements` of the screen that it was done on. */
  readonly told: (action: PhoneAction, elements: readonly ScreenElement[]) => string;
}

export const FORMATS: Record<PhoneFormat, FormOfActions> = {
  autoui: {
    isLabelled: false,
    parse: (utterance, _, factorsOf) => parseAutoUi(utterance, factorsOf),
    told: autoUiFields,
  },
  cogagent: {
    isLabelled: false,
    parse: (utterance, _, factorsOf) => parseCogAgent(utterance, factorsOf),
    told: autoUiFields,
  },
  appagent: {
    isLabelled: true,
    parse: (utterance, { elements }, factorsOf) => parseAppAgent(utterance, elements, factorsOf),
    told: toldAction,
  },
};
