import type { Demonstration, Environment, EnvironmentSpec } from "../environments/environment.ts";
import type { ParseResult } from "../parsing/parse.ts";
import type { Params } from "../protocol/messages.ts";
import type { RandomStream } from "../random.ts";
import { corrupted } from "./corruptions.ts";
import { scmTexts } from "./demonstrations.ts";
import { labelTensor } from "./factor-labels.ts";
import { activeScm, type Training } from "./training.ts";

/** An utterance with what f^parse makes of it. */
export interface LabelledText {
  text: string;
  parse: ParseResult;
}

/** Offline stage of φ: scripted texts and corrupted ones, labelled by f^parse, never by whoever wrote them. */
export async function pretrainScm(training: Training): Promise<void> {
  const scm = activeScm(training.experiment);
  if (scm === null || scm.pretraining === null) return;
  const { worker, clock, progress, streams, signal } = training;
  const { utterances, ...settings } = scm.pretraining;
  progress.begin("SCM pre-training", settings.steps);
  await clock.measure("scm", async () => {
    const examples = corruptedExamples(training, await scmTexts(training, utterances));
    await worker.call(
      "fitScm",
      {
        examples,
        ...settings,
        maxGradNorm: scm.maxGradNorm,
        seed: streams.stream("scm/pretraining").seed(),
      },
      { signal, onProgress: (event) => progress.update(event.done) },
    );
  });
  progress.end();
}

/** Utterances as examples for φ, half of them corrupted, all labelled by f^parse. */
export function corruptedExamples(
  { parser, nullText, streams, spec }: Training,
  spoken: readonly Demonstration[],
): Params<"fitScm">["examples"] {
  const examples = labelledTexts(parser, spoken, nullText, streams.stream("scm/corruptions"));
  return {
    kind: "texts",
    texts: examples.map(({ text }) => text),
    labels: labelTensor(
      spec.factors,
      examples.map(({ parse }) => parse),
    ),
  };
}

/** Every second demonstration corrupted, the others as they are. */
export function labelledTexts(
  environment: Pick<Environment, "spec" | "parse">,
  demonstrations: readonly Demonstration[],
  nullText: string,
  random: RandomStream,
): LabelledText[] {
  const source = {
    labels: labelsOf(environment.spec),
    nullText,
    words: demonstrations
      .slice(0, 100)
      .flatMap(({ utterance }) => utterance.split(/\s+/).filter((word) => word !== "")),
  };
  return demonstrations.map(({ observation, utterance }, index) => {
    const parse = environment.parse(utterance, observation);
    if (index % 2 === 0) return { text: utterance, parse };
    const text = corrupted(utterance, parse.kind === "action" ? parse.span : null, source, random);
    return { text, parse: environment.parse(text, observation) };
  });
}

function labelsOf({ factors }: EnvironmentSpec): string[] {
  return factors.flatMap(({ labels }) => [...labels]);
}
