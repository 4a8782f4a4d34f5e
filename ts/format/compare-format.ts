import type { Environment, EnvironmentDefinition } from "../environments/environment.ts";
import { environmentDefinitions, environmentSettings } from "../environments/registry.ts";
import { percent } from "../report/format.ts";
import type { WrittenTemplate } from "./placeholders.ts";
import type { UtteranceFormat } from "./utterance-format.ts";

/** How a file's format and the environment's agree in one point. */
export interface Comparison {
  readonly point: "prompt" | "keys" | "JSON" | "f^parse" | "actions";
  readonly verdict: "same" | "differs";
  readonly finding: string;
  /** Null where there is nothing to mend. */
  readonly mend: string | null;
}

/** What the comparison is made between. `ours`: of the environment's scripted expert; null where it has none. */
export interface Compared {
  readonly definition: EnvironmentDefinition;
  readonly settings: unknown;
  readonly spoken: readonly { prompt: string; utterance: string }[];
  readonly templates: readonly WrittenTemplate[];
  readonly theirs: UtteranceFormat;
  readonly ours: UtteranceFormat | null;
}

/** Below this, the file is hardly this environment's. */
const SMALLEST_PARSED_SHARE = 0.5;

export function compareFormats(compared: Compared): Comparison[] {
  return [
    comparePrompt(compared),
    ...compareKeys(compared),
    compareJson(compared),
    compareParse(compared),
    compareActions(compared),
  ];
}

function comparePrompt({ definition, settings, templates }: Compared): Comparison {
  const point = "prompt";
  const [first, ...others] = templates;
  const wording = definition.prompt;
  if (wording === undefined) {
    return { point, verdict: "differs", finding: `${definition.id} has no wording that could be replaced`, mend: null };
  }
  if (first?.kind === "template" && others.length === 0) {
    if (first.text === wording.template(settings)) {
      return { point, verdict: "same", finding: "word for word that of the settings", mend: null };
    }
    const name = wording.names.find(
      (each) => wording.template(environmentSettings(definition, { prompt: each })) === first.text,
    );
    if (name !== undefined) {
      return {
        point,
        verdict: "same",
        finding: `ours of the name "${name}"`,
        mend: `environment.settings.prompt: "${name}"`,
      };
    }
    const mend = "--write-prompt prompt.txt, then environment.settings.prompt.file=prompt.txt";
    return { point, verdict: "differs", finding: "another wording", mend };
  }
  const finding =
    others.length > 0 ? `${templates.length} wordings` : first?.kind === "varies" ? first.problem : "none";
  const mend =
    "the environment asks in one wording: choose one, write it to a file, and set environment.settings.prompt.file";
  return { point, verdict: "differs", finding, mend };
}

function compareKeys({ theirs, ours }: Compared): Comparison[] {
  const wanted = ours?.keyOrders[0]?.keys;
  const found = theirs.keyOrders[0];
  if (wanted === undefined) return [];
  const point = "keys";
  if (found === undefined) return [{ point, verdict: "differs", finding: "no utterance is a JSON object", mend: null }];
  const told = `${found.keys.map((key) => `"${key}"`).join(", ")} in ${percent(found.share)} of the valid ones`;
  if (JSON.stringify(found.keys) === JSON.stringify(wanted))
    return [{ point, verdict: "same", finding: told, mend: null }];
  const isReordered = JSON.stringify([...found.keys].sort()) === JSON.stringify([...wanted].sort());
  const mend = isReordered
    ? 'nothing, where "action" comes last: what stands before it counts as thought'
    : "f^parse reads what its own keys say (f^parse below tells whether it can); keys for people alone may differ";
  return [{ point, verdict: "differs", finding: `${told}; ours: ${wanted.map((key) => `"${key}"`).join(", ")}`, mend }];
}

function compareJson({ theirs, ours }: Compared): Comparison {
  const breaks = `line breaks in ${percent(theirs.lineBreaks)}`;
  const finding = `valid in ${percent(theirs.validJson)}, ${breaks}`;
  const usual = ours?.validJson ?? 1;
  const isSame = theirs.validJson >= usual - 0.05 && Math.abs(theirs.lineBreaks - (ours?.lineBreaks ?? 0)) < 0.5;
  const mend = "more line breaks take more tokens: see that sampling.maxNewTokens is enough";
  const ourFinding = ours === null ? "" : `; ours ${percent(ours.validJson)} and ${percent(ours.lineBreaks)}`;
  return {
    point: "JSON",
    verdict: isSame ? "same" : "differs",
    finding: finding + ourFinding,
    mend: isSame ? null : mend,
  };
}

function compareParse({ definition, theirs, spoken }: Compared): Comparison {
  const reasons = theirs.invalidReasons.map(({ reason, share }) => `${reason} ${percent(share)}`);
  const why = reasons.length === 0 ? "" : `; otherwise ${reasons.join(", ")}`;
  const finding = `reads an action from ${percent(theirs.parsed)} of ${theirs.utterances} utterances${why}`;
  if (theirs.parsed >= SMALLEST_PARSED_SHARE) return { point: "f^parse", verdict: "same", finding, mend: null };
  const other = bestReader(definition.id, spoken, theirs.parsed);
  const mend =
    other === undefined
      ? 'put the action behind the key "action", as one of the legal ones'
      : `is this the data of ${other}? Its f^parse reads more of them; try --env ${other}`;
  return { point: "f^parse", verdict: "differs", finding, mend };
}

function compareActions({ theirs }: Compared): Comparison {
  const shown = theirs.actions.slice(0, 20).map(({ action, share }) => `${action} ${percent(share)}`);
  const unseen = Object.entries(theirs.unseenLabels).flatMap(([name, labels]) =>
    labels.map((label) => (Object.keys(theirs.unseenLabels).length === 1 ? label : `${name} ${label}`)),
  );
  const finding = shown.length === 0 ? "none" : shown.join(", ");
  if (unseen.length === 0) return { point: "actions", verdict: "same", finding, mend: null };
  const mend = "a policy that never saw an action hardly ever tries it: add rows that show them";
  return { point: "actions", verdict: "differs", finding: `${finding}; never: ${unseen.join(", ")}`, mend };
}

/** The environment that reads more of the utterances than `share`, and most of all. */
function bestReader(
  except: string,
  spoken: readonly { prompt: string; utterance: string }[],
  share: number,
): string | undefined {
  const some = spoken.slice(0, 200);
  const read = environmentDefinitions()
    .filter(({ id }) => id !== except)
    .map((definition) => ({ id: definition.id, share: parsedShare(definition, some) }))
    .sort((one, other) => other.share - one.share)[0];
  return read !== undefined && read.share > Math.max(share, SMALLEST_PARSED_SHARE) ? read.id : undefined;
}

function parsedShare(
  definition: EnvironmentDefinition,
  spoken: readonly { prompt: string; utterance: string }[],
): number {
  const settings = definition.settings.safeParse({});
  if (!settings.success) return 0;
  const parser: Pick<Environment, "parse"> = definition.create(settings.data);
  return (
    spoken.filter(({ prompt, utterance }) => parser.parse(utterance, { prompt }).kind === "action").length /
    spoken.length
  );
}
