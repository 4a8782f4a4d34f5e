import { toldAction } from "../../report/told-action.ts";
import type { Encounter, Encounters, EpisodeDetail, StepDetail } from "../api.ts";
import type { EpisodeStep } from "../reading/episode-schema.ts";
import { observationKey, outcomeOf, type Place, promptsOf } from "../reading/episodes.ts";
import type { ViewedRun } from "../reading/viewed-run.ts";

/** Of the training steps at one observation. */
const SHOWN_ENCOUNTERS = 40;

/** Undefined where the file has no such episode. */
export async function episodeDetail(run: ViewedRun, number: number): Promise<EpisodeDetail | undefined> {
  await run.refreshEpisodes();
  const episode = await run.episodes.read(number);
  if (episode === undefined) return undefined;
  const prompts = promptsOf(episode.steps);
  const { method, hasValues } = await learningOf(run);
  const numbers = run.episodes.all.map((each) => each.number);
  const place = numbers.indexOf(number);
  const { iteration, kind, fault, lastImage, steps } = episode;
  return {
    number,
    iteration,
    outcome: outcomeOf(episode),
    kind,
    fault,
    return: episode.return,
    steps: await Promise.all(steps.map((step, index) => stepDetail(run, step, prompts[index] ?? ""))),
    lastImage,
    before: numbers[place - 1] ?? null,
    after: numbers[place + 1] ?? null,
    method,
    hasValues,
    tokensAbsent: tokensAbsent(run),
  };
}

async function stepDetail(run: ViewedRun, step: EpisodeStep, prompt: string): Promise<StepDetail> {
  const { image, utterance, parse, reward, value } = step;
  const action = toldAction(step.action);
  return {
    prompt,
    image,
    utterance,
    outcome:
      parse.kind === "action"
        ? { kind: "action", action, factors: parse.factors, span: parse.span }
        : { kind: "invalid", reason: parse.reason, executed: action },
    reward,
    value,
    tokens: (await run.tokens.read(step.id)) ?? null,
  };
}

/** Why a run has no tokens at all; null where it has some. */
function tokensAbsent(run: ViewedRun): string | null {
  if (run.tokens.size > 0) return null;
  return "this run wrote no tokens down; a training does where recording.tokens is above 0";
}

async function learningOf(run: ViewedRun): Promise<{ method: string; hasValues: boolean }> {
  const config = await run.config();
  if (config.kind !== "read") return { method: "", hasValues: false };
  const { algorithm } = config.value.experiment;
  const isPpo = typeof algorithm === "object" && algorithm !== null && "kind" in algorithm && algorithm.kind === "ppo";
  return { method: config.value.method, hasValues: isPpo };
}

/** What `run`'s policies said where the agent saw this image and read this prompt; `first` is shown before all others. */
export async function encountersAt(
  run: ViewedRun,
  { image, prompt, first }: { image: string | null; prompt: string; first: Pick<Place, "episode" | "step"> | null },
): Promise<Encounters> {
  await run.refreshEpisodes();
  const places = run.episodes.at(observationKey(image, prompt));
  const isFirst = ({ episode, step }: Place) => episode === first?.episode && step === first.step;
  const rank = (place: Place) => (isFirst(place) ? 0 : run.tokens.has(place.id) ? 1 : 2);
  const shown = [...places]
    .sort((a, b) => rank(a) - rank(b) || b.episode - a.episode || b.step - a.step)
    .slice(0, SHOWN_ENCOUNTERS);
  const trained = await Promise.all(shown.map((place) => trainedEncounter(run, place, prompt)));
  const asked = shown.some(isFirst) ? 1 : 0;
  const final = await finalUtterances(run, image, prompt);
  const { method } = await learningOf(run);
  return {
    run: run.id,
    method,
    actions: actionCounts(places),
    encounters: [...trained.slice(0, asked), ...final, ...trained.slice(asked)].flatMap((encounter) => encounter ?? []),
    tokensAbsent: tokensAbsent(run),
  };
}

async function trainedEncounter(run: ViewedRun, place: Place, prompt: string): Promise<Encounter | undefined> {
  const episode = await run.episodes.read(place.episode);
  const step = episode?.steps[place.step];
  if (episode === undefined || step === undefined) return undefined;
  const { iteration } = episode;
  return {
    source: { kind: "episode", number: place.episode, step: place.step, iteration },
    step: await stepDetail(run, step, prompt),
  };
}

function actionCounts(places: readonly Place[]): Encounters["actions"] {
  const counts = new Map<string | null, number>();
  for (const { action } of places) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => ({ action, count })).sort((a, b) => b.count - a.count);
}

/** Of `explanations.json`: what the final policy said there. */
async function finalUtterances(run: ViewedRun, image: string | null, prompt: string): Promise<Encounter[]> {
  const explanations = await run.explanations();
  if (explanations.kind !== "read") return [];
  return explanations.value
    .filter((explanation) => explanation.image === image && explanation.prompt === prompt)
    .map(({ utterance, parse, action, tokens }) => ({
      source: { kind: "final" },
      step: {
        prompt,
        image,
        utterance,
        outcome:
          parse === "action"
            ? { kind: "action", action: { words: action, gesture: null }, factors: {}, span: null }
            : { kind: "invalid", reason: "", executed: { words: "", gesture: null } },
        reward: null,
        value: null,
        tokens: {
          tokens: tokens.map(({ text }) => text),
          weights: tokens.some(({ weight }) => weight === null) ? null : tokens.map(({ weight }) => weight ?? 0),
          entropies: tokens.map(({ entropy }) => entropy),
          gaps: null,
          advantage: null,
        },
      },
    }));
}
