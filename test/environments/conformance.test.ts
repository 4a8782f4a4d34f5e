import { expect } from "chai";
import { z } from "zod";
import { conformanceTests } from "../../ts/conformance/conformance-tests.ts";
import type { Environment, EnvironmentDefinition, Observation } from "../../ts/environments/environment.ts";
import type { RandomStream } from "../../ts/random.ts";
import { ladder } from "./ladder.ts";

type Fault = (right: Environment) => Partial<Environment>;

/** A fault that each test is there to find, in an environment that is right otherwise. */
const faults: Record<keyof typeof conformanceTests, Record<string, Fault | Partial<EnvironmentDefinition>>> = {
  "the same seed gives the same episode, whatever other instances do": {
    "draws without the seed": (right) => ({ reset: () => right.reset({ seed: nextSeed() }) }),
    "shares its state": () => shared,
  },
  "different seeds give different episodes": {
    "ignores the seed": (right) => ({ reset: () => right.reset({ seed: 0 }) }),
  },
  "observations have a prompt and, where the spec says so, an image of w·h·3 bytes": {
    "has no prompt": (right) => seen(right, () => ({ prompt: "" })),
    "has no image": ({ spec }) => ({ spec: { ...spec, showsImages: true } }),
    "has an image of one byte a pixel": (right) => ({
      ...seen(right, (look) => ({ ...look, image: { width: 2, height: 2, rgb: new Uint8Array(4) } })),
      spec: { ...right.spec, showsImages: true },
    }),
  },
  "what was handed out never changes afterwards": {
    "writes into one buffer": (right) => {
      const image = { width: 1, height: 1, rgb: new Uint8Array(3) };
      return seen(right, (look) => {
        image.rgb[0] = (image.rgb[0] ?? 0) + 1;
        return { ...look, image };
      });
    },
  },
  "an episode ends within the horizon, either terminated or truncated": {
    "outlives its horizon": ({ spec }) => ({ spec: { ...spec, horizon: 2 } }),
    "terminates and truncates": (right) => ({
      step: async (action) => {
        const result = await right.step(action);
        return { ...result, truncated: result.terminated || result.truncated };
      },
    }),
    "rewards without measure": (right) => ({
      step: async (action) => ({ ...(await right.step(action)), reward: Number.NaN }),
    }),
  },
  "success is told on the last step alone": {
    "tells it always": (right) => ({ step: async (action) => ({ ...(await right.step(action)), success: false }) }),
  },
  "a step after the end is an EnvironmentError, and a reset starts anew": {
    "fails otherwise": (right) => ({
      step: (action) => right.step(action).catch(() => Promise.reject(new TypeError("over"))),
    }),
  },
  "an action that is none is an EnvironmentError, and changes nothing": {
    "takes it for another": (right) => ({ step: (action) => right.step(action === "down" ? "down" : "up") }),
    "fails for lack of a word": (right) => ({ step: (action) => right.step((action as string).toString()) }),
  },
  "an unknown reset option is an EnvironmentError": {
    "overlooks it": (right) => ({ reset: ({ seed }) => right.reset({ seed }) }),
  },
  "an unknown setting is refused": {
    "overlooks it": { settings: z.object({}) },
  },
  "a second instance goes on exactly from the state as JSON, after every step": {
    "forgets the steps so far": (right) => ({
      restore: (state) => right.restore({ ...(state as { rung: number; steps: number }), steps: 0 }),
    }),
    "goes by what its state does not hold": (right) => {
      let numSteps = 0;
      return { step: async (action) => ({ ...(await right.step(action)), reward: ++numSteps }) };
    },
  },
  "a state that is none is an EnvironmentError": {
    "starts anew instead": (right) => ({
      restore: (state) => right.restore(state).catch(() => right.reset({ seed: 0 })),
    }),
  },
  "f^parse is pure, total over strings, and true to the spec": {
    "fails without an answer": (right) => ({
      parse: (utterance, observation) => {
        if (!utterance.includes("action")) throw new TypeError("no action");
        return right.parse(utterance, observation);
      },
    }),
    "counts its calls": (right) => {
      let numCalls = 0;
      return {
        parse: () => ({ kind: "action", action: `up ${++numCalls}`, factors: {}, span: [0, 1] }),
        spec: right.spec,
      };
    },
    "marks what is not there": (right) => parsed(right, { span: [0, 10_000] }),
    "names no factor": (right) => parsed(right, { factors: {} }),
    "names a label of its own": (right) => parsed(right, { factors: { action: "sideways" } }),
  },
  "parsed actions and fallbacks can be executed": {
    "falls back on what is no action": () => ({
      parse: () => ({ kind: "invalid", reason: "no-legal-action", fallback: { kind: "fixed", action: "sideways" } }),
    }),
    "parses to what is no action": (right) => parsed(right, { action: "sideways" }),
  },
  "demonstrations, if any, come from the stream alone, show what an agent sees, and mostly parse": {
    "demonstrates by other draws": demonstrating(
      () => ({ prompt: "?" }),
      () => `{"action": "up", "thoughts": "${nextSeed()}"}`,
    ),
    "demonstrates what never parses": demonstrating(
      () => ({ prompt: "?" }),
      (random) => `up ${random.seed()}`,
    ),
    "demonstrates without a prompt": demonstrating(
      () => ({ prompt: "" }),
      (random) => `{"action": "up", "thoughts": "${random.seed()}"}`,
    ),
  },
};

describe("conformance suite", () => {
  for (const [name, byFault] of Object.entries(faults)) {
    for (const [fault, change] of Object.entries(byFault)) {
      it(`finds an environment that ${fault}: ${name}`, async () => {
        const test = conformanceTests[name as keyof typeof conformanceTests];
        expect(await outcomeOf(test, {})).to.equal("passed");
        expect(await outcomeOf(test, change)).to.equal("failed");
      });
    }
  }
});

async function outcomeOf(
  test: (typeof conformanceTests)[keyof typeof conformanceTests],
  change: Fault | Partial<EnvironmentDefinition>,
): Promise<"passed" | "failed"> {
  const right: EnvironmentDefinition = ladder;
  const definition = typeof change === "function" ? right : { ...right, ...change };
  const create = () => {
    const environment = ladder.create({});
    return typeof change === "function" ? changed(environment, change(environment)) : environment;
  };
  const actions = (_: Observation, random: RandomStream) => random.pick(["up", "up", "down"]);
  return test({ definition, settings: {}, actions, create }).then(
    () => "passed",
    () => "failed",
  );
}

function changed(right: Environment, faulty: Partial<Environment>): Environment {
  return {
    spec: right.spec,
    reset: (request) => right.reset(request),
    step: (action) => right.step(action),
    parse: (utterance, observation) => right.parse(utterance, observation),
    state: () => right.state(),
    restore: (state) => right.restore(state),
    ...faulty,
  };
}

/** An environment whose observations are other ones. */
function seen(right: Environment, look: (observation: Observation) => Observation): Partial<Environment> {
  return {
    reset: async (request) => look(await right.reset(request)),
    step: async (action) => {
      const result = await right.step(action);
      return { ...result, observation: look(result.observation) };
    },
  };
}

function parsed(right: Environment, wrong: object): Partial<Environment> {
  return {
    parse: (utterance, observation) => {
      const result = right.parse(utterance, observation);
      return result.kind === "action" ? { ...result, ...wrong } : result;
    },
  };
}

function demonstrating(
  look: () => Observation,
  answer: (random: RandomStream) => string,
): Partial<EnvironmentDefinition> {
  return {
    demonstrations: {
      quality: z.strictObject({}),
      generate: (count, random) =>
        Array.from({ length: count }, () => ({ observation: look(), utterance: answer(random) })),
    },
  };
}

const shared = changed(ladder.create({}), {});

let numSeeds = 0;
function nextSeed(): number {
  return numSeeds++;
}
