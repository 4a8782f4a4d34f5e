import type { z } from "zod";
import { act, forgetSteps, observe, readAgain, readTokens, score, values } from "./messages/acting.ts";
import { fitCritics, valueInstructions, valueStates } from "./messages/critics.ts";
import { addDemonstrations, fitScm, fitSft, keepReference, updatePolicy } from "./messages/learning.ts";
import { build, hello, load, save, shareFolder, shutdown, stats } from "./messages/lifetime.ts";
import { predictActions, weigh } from "./messages/weighing.ts";

/**
 * Everything that crosses the wire, and the one source of it: JSON Schema and the Python classes are generated from
 * here (`npm run protocol`), and `hello` compares the schema's hash on both sides. `messages/` holds the parts.
 *
 * Rules: no optional fields (`null` says "absent"); no unknown fields; a union is tagged by `kind`; dense numbers are
 * tensors; images are one raw frame beside the message. N steps, L utterance tokens, F action factors.
 *
 * Method → what it takes and gives. A new message is one entry here, one method in `python/coso_worker/handlers/`.
 */
export const methods = {
  hello,
  shareFolder,
  build,
  addDemonstrations,
  fitSft,
  fitScm,
  act,
  values,
  readAgain,
  observe,
  score,
  readTokens,
  weigh,
  predictActions,
  fitCritics,
  valueInstructions,
  valueStates,
  updatePolicy,
  keepReference,
  forgetSteps,
  save,
  load,
  stats,
  shutdown,
} as const;

export type Methods = typeof methods;
export type Method = keyof Methods;
export type Params<M extends Method> = z.output<Methods[M]["params"]>;
export type Result<M extends Method> = z.output<Methods[M]["result"]>;
