import { magnitude } from "../report/format.ts";
import { tableText } from "../report/terminal.ts";
import { engineText } from "./engine-text.ts";
import type { Plan } from "./plan.ts";
import { millions, milliseconds, partLines, short, size, span, whole } from "./quantities.ts";
import type { Range } from "./range.ts";

const RESIDENT_NAMES = {
  frozenWeights: "frozen weights",
  learningWeights: "weights that learn",
  gradients: "gradients",
  adamMoments: "Adam's moments",
  reference: "reference of the KL term",
  valueHead: "value head, with its optimiser",
  critics: "critics, with their optimisers",
  scm: "SCM, with its optimiser",
} as const satisfies Record<keyof Plan["memory"]["resident"], string>;

const HOUR = 3600;

const PHASE_NAMES = {
  sft: "supervised fine-tuning",
  scm: "pre-training of the SCM",
  rollout: "rollouts",
  readAgain: "reading utterances again",
  handOver: "handing weights to the engine",
  weigh: "causal weights",
  fitScm: "updates of the SCM",
  update: "updates of the policy",
  evaluation: "evaluation",
} as const satisfies Record<keyof Plan["time"]["run"], string>;

/** A plan as plain text: what it stands on, memory by part and phase, whether it fits, time by phase. */
export function planText(plan: Plan): string {
  const engine = plan.memory.engine === null ? [] : [engineText(plan.memory.engine, plan.memory)];
  return [
    assumptions(plan),
    residentTable(plan),
    ...engine,
    phaseTable(plan),
    verdict(plan),
    timeTable(plan),
    [decode(plan), ...overlap(plan)].join("\n"),
  ]
    .concat(plan.contradictions.map((line) => `✖ ${line}`))
    .join("\n\n");
}

function assumptions({ name, card, division, shape, workload, time }: Plan): string {
  const { prompt, image, utterance } = workload;
  const shown = image.prompt === 0 ? "" : `, ${image.prompt} of them the image's`;
  return [
    `${name} on ${card.name}${among(division)}`,
    `  policy: ${magnitude(shape.parameters)} weights, from ${shape.source}`,
    `  a prompt: ${prompt} tokens${shown}; an utterance: ${span(utterance, whole)} tokens`,
    `  ${whole(time.environmentSteps)} environment steps, ${span(time.sampledTokens, millions)} M tokens sampled, ` +
      `${span(time.learnedTokens, millions)} M passed in updates`,
  ].join("\n");
}

function among({ processes, isSharded }: Plan["division"]): string {
  if (processes === 1) return "";
  const weights = isSharded ? "weights, gradients and moments are spread over them" : "each has a copy of the weights";
  return `, ${processes} of them, a process each; rows are shared, ${weights}; memory is that of one`;
}

function residentTable({ memory }: Plan): string {
  const parts = Object.entries(memory.resident) as [keyof typeof RESIDENT_NAMES, number][];
  return tableText({
    caption: "What stays in memory",
    columns: [{ title: "Part" }, { title: "Bytes", isNumber: true }],
    rows: parts.filter(([, bytes]) => bytes > 0).map(([part, bytes]) => [RESIDENT_NAMES[part], size(bytes)]),
  });
}

/** Parts that do not fit on a line go on in further ones, below the first. */
function phaseTable({ memory }: Plan): string {
  const phases = memory.phases.map((phase) => ({ ...phase, lines: partLines(phase.parts, PART_NAMES) }));
  const title = "Beside what stays";
  const [caption = "", titles = "", ...lines] = tableText({
    caption: "Peak by phase",
    columns: [{ title: "Phase" }, { title: "Peak", isNumber: true }, { title }],
    rows: phases.map(({ phase, peak, lines: [first = ""] }) => [
      PHASE_TITLES[phase] ?? phase,
      size(peak),
      first || "–",
    ]),
  }).split("\n");
  const indent = " ".repeat(titles.indexOf(title));
  const further = (place: number): string[] => (phases[place]?.lines ?? []).slice(1).map((line) => `${indent}${line}`);
  return [caption, titles, ...lines.flatMap((line, place) => [line, ...further(place)])].join("\n");
}

const PHASE_TITLES: Readonly<Record<string, string>> = { sft: "SFT", readAgain: "reading" };

const PART_NAMES: Readonly<Record<string, string>> = {
  loweredWeights: "weights in half precision",
  adamTemporaries: "Adam's temporary results",
  gatheredWeights: "weights gathered from other cards",
  engine: "the engine",
};

function verdict({ memory, remedy, card }: Plan): string {
  const { peak, usable, engine } = memory;
  const who = engine === null || engine.ownDevice === null ? "" : "the worker ";
  const found = `${size(peak)} at the peak, ${size(usable)} of ${card.name} can be used`;
  if (remedy === null) return `✔ ${who}fits: ${found}`;
  const workerFits = peak <= usable;
  const mark = workerFits ? `✔ ${who}fits: ${found}\n✖ the engine does not fit` : `✖ ${who}does not fit: ${found}`;
  if (remedy.settings.length === 0) return `${mark}; take a larger card`;
  const settings = remedy.settings.map((setting) => (/^[\w.=-]+$/.test(setting) ? setting : `'${setting}'`)).join(" ");
  if (workerFits) return `${mark}\n  --set ${settings}\n  ${remedy.fits ? "mends that" : "is not yet enough"}`;
  const outcome = remedy.fits ? `${size(remedy.peak)}, which fits` : `${size(remedy.peak)}, still too much`;
  return `${mark}\n  --set ${settings}\n  brings it to ${outcome}`;
}

function timeTable({ time, card }: Plan): string {
  const phases = Object.entries(time.run) as [keyof typeof PHASE_NAMES, Range][];
  const iterations: Readonly<Partial<Record<string, Range>>> = time.iteration;
  const unit =
    time.total.high > 2 * HOUR ? { title: "Hours in all", seconds: HOUR } : { title: "Minutes in all", seconds: 60 };
  const inAll = (seconds: number): string => short(seconds / unit.seconds);
  const rows = phases
    .filter(([, { high }]) => high > 0)
    .map(([phase, seconds]) => {
      const each = iterations[phase];
      return [PHASE_NAMES[phase], each === undefined ? "–" : span(each, short), span(seconds, inAll)];
    });
  return tableText({
    caption: `Time on ${card.name}, from what good programs reach to a cautious half of it`,
    columns: [
      { title: "Phase" },
      { title: "Seconds an iteration", isNumber: true },
      { title: unit.title, isNumber: true },
    ],
    rows: [...rows, ...saved(time.overlap, inAll), ["total", "–", span(time.total, inAll)]],
  });
}

/** Both ends are taken off: where phases take long, more of them is hidden. */
function saved({ iteration, run }: Plan["time"]["overlap"], inAll: (seconds: number) => string): string[][] {
  if (run.high === 0) return [];
  return [["saved by doing both at once", `−(${span(iteration, short)})`, `−(${span(run, inAll)})`]];
}

function decode({ time, memory }: Plan): string {
  const { rows, boundSeconds, seconds } = time.decode;
  const rate = { low: rows / seconds.high, high: rows / seconds.low };
  const by = memory.engine?.kind === "vllm" ? " by vLLM" : "";
  return (
    `Sampling${by}, ${rows} ${rows === 1 ? "row" : "rows"} at once: ${span(seconds, milliseconds)} ms a step ` +
    `(the card's bound is ${milliseconds(boundSeconds)}),\n${span(rate, whole)} tokens/s`
  );
}

function overlap({ time, memory }: Plan): string[] {
  const { kind, isPromised, iterations, iteration } = time.overlap;
  if (kind === "none") return [];
  const what =
    kind === "ahead"
      ? `The next rollout is played while the policy learns, in ${iterations} iterations`
      : "What was said is weighed, or read again, while the engine speaks on";
  if (isPromised) return [`${what}:\n${span(iteration, short)} s of each are saved`];
  const card = memory.engine?.card.name ?? "the card";
  return [`${what},\non one ${card} for both: no gain can be promised, and none is counted`];
}
