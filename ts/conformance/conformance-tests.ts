import { expect } from "chai";
import fc from "fast-check";
import type { Environment, EnvironmentDefinition, Observation } from "../environments/environment.ts";
import { environmentSettings } from "../environments/registry.ts";
import { EnvironmentError } from "../errors.ts";
import type { ParseResult } from "../parsing/parse.ts";
import { RandomStream } from "../random.ts";
import {
  type ChooseAction,
  type EpisodeRecord,
  playEpisode,
  recordedStep,
  recordObservation,
  stateFrom,
} from "./episode-record.ts";

/** An environment under test. */
export interface Subject {
  definition: EnvironmentDefinition;
  settings: unknown;
  actions: ChooseAction;
  create: () => Environment;
}

const SEEDS = [0, 1, 2, 3, 4, 5, 6, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/** Enough to show that the present differs; whole continuations of long episodes would take a square of time. */
const CONTINUED_STEPS = 32;
const NUM_DEMONSTRATIONS = 60;

/** What every environment owes its callers, by name. */
export const conformanceTests = {
  "the same seed gives the same episode, whatever other instances do": async ({ create, actions }) => {
    for (const seed of SEEDS) {
      const [one, other, unlike] = [create(), create(), create()];
      const [first, second] = await Promise.all([
        playEpisode(one, actions, { seed }),
        playEpisode(other, actions, { seed }),
        playEpisode(unlike, actions, { seed: (seed + 1) >>> 0, actionSeed: 1 }),
      ]);
      expect(transcript(second)).to.deep.equal(transcript(first));
      expect(transcript(await playEpisode(one, actions, { seed }))).to.deep.equal(transcript(first));
    }
  },

  "different seeds give different episodes": async ({ create, actions }) => {
    const environment = create();
    const transcripts = new Set<string>();
    // The choice of actions is seeded alike each time, so that what differs is the environment's.
    for (const seed of SEEDS)
      transcripts.add(JSON.stringify(transcript(await playEpisode(environment, actions, { seed }))));
    expect(transcripts.size).to.be.above(1);
  },

  "observations have a prompt and, where the spec says so, an image of w·h·3 bytes": async ({ create, actions }) => {
    const { showsImages } = create().spec;
    for (const { observations } of await playAll(create, actions)) {
      for (const observation of observations) expectObservation(observation, showsImages);
    }
  },

  "what was handed out never changes afterwards": async ({ create, actions }) => {
    for (const { first, steps, observations } of await playAll(create, actions)) {
      const asHandedOut = [first, ...steps.map(({ observation }) => observation)];
      expect(observations.map(recordObservation)).to.deep.equal(asHandedOut);
    }
  },

  "an episode ends within the horizon, either terminated or truncated": async ({ create, actions }) => {
    const { horizon } = create().spec;
    for (const { steps } of await playAll(create, actions)) {
      expect(steps.length).to.be.within(1, horizon);
      const last = steps.at(-1);
      expect([last?.terminated, last?.truncated]).to.have.members([true, false]);
      for (const { reward } of steps) expect(Number.isFinite(reward), `reward ${reward}`).to.equal(true);
    }
  },

  "success is told on the last step alone": async ({ create, actions }) => {
    for (const { steps } of await playAll(create, actions)) {
      for (const { success } of steps.slice(0, -1)) expect(success).to.equal(undefined);
    }
  },

  "a step after the end is an EnvironmentError, and a reset starts anew": async ({ create, actions }) => {
    const environment = create();
    const { steps } = await playEpisode(environment, actions, { seed: 1 });
    await expectEnvironmentError(() => environment.step(steps.at(-1)?.action));
    const again = await playEpisode(environment, actions, { seed: 1 });
    expect(again.steps).to.deep.equal(steps);
  },

  "an action that is none is an EnvironmentError, and changes nothing": async ({ create, actions }) => {
    const environment = create();
    const uninterrupted = await playEpisode(create(), actions, { seed: 2 });
    await environment.reset({ seed: 2 });
    for (const nonsense of [null, undefined, "no such action", { no: "action" }]) {
      await expectEnvironmentError(() => environment.step(nonsense));
    }
    const [next] = uninterrupted.steps;
    expect((await recordedStep(environment, next?.action)).record).to.deep.equal(next);
  },

  "an unknown reset option is an EnvironmentError": async ({ create }) => {
    await expectEnvironmentError(() => create().reset({ seed: 0, options: { "no such option": 1 } }));
  },

  "an unknown setting is refused": async ({ definition, settings }) => {
    const given = { ...(settings as object), "no such setting": 1 };
    expect(definition.settings.safeParse(given).success).to.equal(false);
  },

  "a second instance goes on exactly from the state as JSON, after every step": async ({ create, actions }) => {
    for (const seed of SEEDS.slice(0, 3)) {
      const { first, steps, states } = await playEpisode(create(), actions, { seed, actionSeed: seed });
      for (const [played, state] of states.entries()) {
        const second = create();
        const seen = recordObservation(await second.restore(stateFrom(state)));
        expect(seen).to.deep.equal(played === 0 ? first : steps[played - 1]?.observation);
        expect(JSON.stringify(second.state())).to.equal(state);
        for (const expected of steps.slice(played, played + CONTINUED_STEPS)) {
          expect((await recordedStep(second, expected.action)).record).to.deep.equal(expected);
        }
      }
      const over = create();
      await over.restore(stateFrom(states.at(-1) ?? ""));
      await expectEnvironmentError(() => over.step(steps.at(-1)?.action));
    }
  },

  "a state that is none is an EnvironmentError": async ({ create }) => {
    for (const nonsense of [null, 7, "no state", {}, { "no such field": 1 }]) {
      await expectEnvironmentError(() => create().restore(nonsense));
    }
  },

  "f^parse is pure, total over strings, and true to the spec": async ({ create, actions }) => {
    const environment = create();
    const { factors } = environment.spec;
    const { observations, states } = await playEpisode(create(), actions, { seed: 3 });
    const observation = observations[0] as Observation;
    const before = recordObservation(observation);
    await environment.restore(stateFrom(states[0] ?? ""));
    fc.assert(
      fc.property(utterances(environment, observation), (utterance) => {
        const result = environment.parse(utterance, observation);
        expect(environment.parse(utterance, observation)).to.deep.equal(result);
        if (result.kind === "invalid") return;
        const [start, end] = result.span;
        expect(start).to.be.within(0, end - 1);
        expect(end).to.be.at.most(utterance.length);
        expect(Object.keys(result.factors).sort()).to.deep.equal(factors.map(({ name }) => name).sort());
        for (const { name, labels } of factors) expect(labels).to.include(result.factors[name]);
      }),
    );
    expect(recordObservation(observation)).to.deep.equal(before);
    expect(JSON.stringify(environment.state())).to.equal(states[0]);
  },

  "parsed actions and fallbacks can be executed": async ({ create, actions }) => {
    const { observations, states } = await playEpisode(create(), actions, { seed: 4 });
    const observation = observations[0] as Observation;
    const parser = create();
    const executable = new Map<string, unknown>();
    for (const utterance of fc.sample(utterances(parser, observation), { numRuns: 300, seed: 0 })) {
      for (const action of executed(parser.parse(utterance, observation))) {
        executable.set(JSON.stringify(action), action);
      }
    }
    expect(executable.size).to.be.above(0);
    for (const action of executable.values()) {
      const environment = create();
      await environment.restore(stateFrom(states[0] ?? ""));
      const { reward } = await environment.step(action);
      expect(reward).to.be.finite;
    }
  },

  "demonstrations, if any, come from the stream alone, show what an agent sees, and mostly parse": async (subject) => {
    const { definition, create } = subject;
    if (definition.demonstrations === undefined) return;
    const { generate, quality } = definition.demonstrations;
    const settings = environmentSettings(definition, subject.settings);
    const environment = create();
    const from = async (seed: number) => {
      const made = [];
      for await (const { observation, utterance } of generate(
        NUM_DEMONSTRATIONS,
        new RandomStream(seed),
        settings,
        quality.parse({}),
      )) {
        expectObservation(observation, environment.spec.showsImages);
        const { kind } = environment.parse(utterance, observation);
        made.push({ record: recordObservation(observation), utterance, kind });
      }
      return made;
    };
    const first = await from(1);
    expect(await from(1))
      .to.deep.equal(first)
      .and.to.have.length(NUM_DEMONSTRATIONS);
    expect(await from(2)).not.to.deep.equal(first);
    expect(first.filter(({ kind }) => kind === "action").length).to.be.above(NUM_DEMONSTRATIONS / 2);
  },
} satisfies Record<string, (subject: Subject) => Promise<void>>;

function transcript({ first, steps }: EpisodeRecord) {
  return { first, steps };
}

async function playAll(create: () => Environment, actions: ChooseAction): Promise<EpisodeRecord[]> {
  const environment = create();
  const episodes: EpisodeRecord[] = [];
  for (const seed of SEEDS) episodes.push(await playEpisode(environment, actions, { seed, actionSeed: seed }));
  return episodes;
}

function expectObservation({ prompt, image }: Observation, showsImages: boolean): void {
  expect(prompt).to.be.a("string").and.not.equal("");
  expect(image !== undefined).to.equal(showsImages);
  if (image === undefined) return;
  expect(image.width).to.be.above(0);
  expect(image.rgb)
    .to.be.instanceOf(Uint8Array)
    .and.to.have.length(image.width * image.height * 3);
}

async function expectEnvironmentError(act: () => Promise<unknown>): Promise<void> {
  const outcome: unknown = await act().then(
    () => "no error",
    (error: unknown) => error,
  );
  expect(outcome).to.be.instanceOf(EnvironmentError);
}

function executed(result: ParseResult): readonly unknown[] {
  if (result.kind === "action") return [result.action];
  return result.fallback.kind === "random" ? result.fallback.among : [result.fallback.action];
}

/** Any text, and text of the form that prompts ask for, with actions and with anything else in its place. */
function utterances({ spec }: Environment, { admissible = [] }: Observation): fc.Arbitrary<string> {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string());
  const actions = [...spec.factors.flatMap(({ labels }) => labels), ...admissible];
  const action = fc.oneof(text, fc.constantFrom(...actions));
  return fc.oneof(
    text,
    fc.tuple(text, action).map(([thoughts, chosen]) => JSON.stringify({ thoughts, action: chosen })),
    fc.tuple(text, action).map(([thoughts, chosen]) => `{"thoughts": "${thoughts}", "action": "${chosen}"}`),
    fc.tuple(text, action, text).map(([before, chosen, after]) => `${before}"action": ${chosen}${after}`),
  );
}
