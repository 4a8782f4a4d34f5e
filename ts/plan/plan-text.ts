import { magnitude } from "../report/format.ts";
import { tableText } from "../report/terminal.ts";
import type { Plan } from "./plan.ts";
import type { Range } from "./workload.ts";

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
  weigh: "causal weights",
  fitScm: "updates of the SCM",
  update: "updates of the policy",
  evaluation: "evaluation",
} as const satisfies Record<keyof Plan["time"]["run"], string>;

/** A plan as plain text: what it stands on, memory by part and phase, whether it fits, time by phase. */
export function planText(plan: Plan): string {
  return [assumptions(plan), residentTable(plan), phaseTable(plan), verdict(plan), timeTable(plan), decode(plan)]
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

function phaseTable({ memory }: Plan): string {
  return tableText({
    caption: "Peak by phase",
    columns: [{ title: "Phase" }, { title: "Peak", isNumber: true }, { title: "Beside what stays" }],
    rows: memory.phases.map(({ phase, peak, parts }) => [
      phase === "sft" ? "SFT" : phase,
      size(peak),
      Object.entries(parts)
        .filter(([, bytes]) => bytes > 0)
        .map(([part, bytes]) => `${PART_NAMES[part] ?? part} ${size(bytes)}`)
        .join(", "),
    ]),
  });
}

const PART_NAMES: Readonly<Record<string, string>> = {
  loweredWeights: "weights in half precision",
  adamTemporaries: "Adam's temporary results",
  gatheredWeights: "weights gathered from other cards",
};

function verdict({ memory, remedy, card }: Plan): string {
  const found = `${size(memory.peak)} at the peak, ${size(memory.usable)} of ${card.name} can be used`;
  if (remedy === null) return `✔ fits: ${found}`;
  if (remedy.settings.length === 0) return `✖ does not fit: ${found}; take a larger card`;
  const settings = remedy.settings.map((setting) => (/^[\w.=-]+$/.test(setting) ? setting : `'${setting}'`)).join(" ");
  const outcome = remedy.fits ? `${size(remedy.peak)}, which fits` : `${size(remedy.peak)}, still too much`;
  return `✖ does not fit: ${found}\n  --set ${settings} brings it to ${outcome}`;
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
    rows: [...rows, ["total", "–", span(time.total, inAll)]],
  });
}

function decode({ time }: Plan): string {
  const { rows, boundSeconds, seconds } = time.decode;
  const rate = { low: rows / seconds.high, high: rows / seconds.low };
  return (
    `Sampling, ${rows} ${rows === 1 ? "row" : "rows"} at once: ${span(seconds, milliseconds)} ms a step ` +
    `(the card's bound is ${milliseconds(boundSeconds)}), ${span(rate, whole)} tokens/s`
  );
}

function span({ low, high }: Range, text: (value: number) => string): string {
  const [from, to] = [text(low), text(high)];
  return from === to ? from : `${from}–${to}`;
}

function size(bytes: number): string {
  return bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function millions(tokens: number): string {
  return short(tokens / 1e6);
}

function milliseconds(seconds: number): string {
  return short(seconds * 1e3);
}

/** Two digits are all that an estimate has. */
function short(value: number): string {
  return value >= 10 ? whole(value) : String(Number(value.toPrecision(2)));
}
