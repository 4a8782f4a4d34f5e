import type { Placeholders } from "../environments/prompt-setting.ts";
import type { PromptTemplate } from "./prompt-templates.ts";

/** A template as `settings.prompt` takes it, or what stands in the way. */
export type WrittenTemplate =
  | { kind: "template"; text: string; notes: readonly string[] }
  | { kind: "varies"; text: string; problem: string };

/**
 * Writes each slot that can be a placeholder as `{word}`. Slots with nothing but such text between them are one: a few
 * rows may have signs of their formulas in common.
 */
export function withPlaceholders(template: PromptTemplate, placeholders: Placeholders): WrittenTemplate {
  const { pieces, slots } = template;
  let text = pieces[0] ?? "";
  const filled: { word: string; isEverEmpty: boolean }[] = [];
  const unknown: string[] = [];
  let previous: string | undefined;
  for (const [index, { values }] of slots.entries()) {
    const fitting = Object.keys(placeholders).filter((each) =>
      [...values.keys()].every((value) => placeholders[each]?.test(value) === true),
    );
    // Of words that look alike each stands somewhere; which is which, their order alone can say.
    const word = fitting.find((each) => !filled.some((other) => other.word === each)) ?? fitting[0];
    const before = pieces[index] ?? "";
    const after = pieces[index + 1] ?? "";
    const isContinued =
      index > 0 && word !== undefined && word === previous && placeholders[word]?.test(before) === true;
    if (isContinued) text = text.slice(0, text.length - before.length);
    else if (word !== undefined) filled.push({ word, isEverEmpty: values.has("") });
    if (word === undefined)
      unknown.push(
        [...values.keys()]
          .slice(0, 3)
          .map((value) => JSON.stringify(value))
          .join(", "),
      );
    text += `${isContinued ? "" : `{${word ?? "…"}}`}${after}`;
    previous = word;
  }
  if (unknown.length > 0) {
    return { kind: "varies", text, problem: `{…} stands for text that varies otherwise: ${unknown.join("; ")}` };
  }
  const missing = Object.keys(placeholders).filter((word) => !filled.some((each) => each.word === word));
  if (missing.length > 0) {
    return {
      kind: "varies",
      text,
      problem: `nothing in it varies where ${missing.map((word) => `{${word}}`)} would stand`,
    };
  }
  const notes = filled
    .filter(({ word, isEverEmpty }) => !isEverEmpty && placeholders[word]?.test("") === true)
    .map(({ word }) => `no row has an empty {${word}}: check that nothing of it was left beside the placeholder`);
  return { kind: "template", text, notes: [...notes, ...lookingAlike(placeholders)] };
}

/** A note on each pair of words whose texts cannot be told apart. */
function lookingAlike(placeholders: Placeholders): string[] {
  const words = Object.entries(placeholders);
  return words.flatMap(([word, pattern], place) =>
    words
      .slice(place + 1)
      .filter(([, other]) => other.source === pattern.source)
      .map(([other]) => `{${word}} and {${other}} look alike: check that they are not the other way round`),
  );
}
