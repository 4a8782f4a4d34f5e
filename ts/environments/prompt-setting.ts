import { readFileSync } from "node:fs";
import { z } from "zod";
import { messageOf } from "../errors.ts";

/** A wording of the environment's own by its name, or one that was given. */
export type PromptSetting<Name extends string = string> = Name | { readonly text: string };

/** What a template's `{word}` stands for: the words, and what each one's text looks like. */
export type Placeholders = Readonly<Record<string, RegExp>>;

/** How prompts of an environment are worded. */
export interface PromptWording<Settings = unknown> {
  /** Wordings of its own, the default first. */
  readonly names: readonly string[];
  /** Words that a template must contain in braces, and that are replaced at every step. */
  readonly placeholders: Placeholders;
  /** The template that settings choose. */
  template(settings: Settings): string;
}

/** Of all environments: braces around anything else, such as JSON, are text. */
const KNOWN_PLACEHOLDERS = ["formula", "scene", "task", "admissible", "current", "target", "history"];

/**
 * The setting `prompt`: one of `names`, `{ file }`, or `{ text }`. A file is read when the setting is checked, relative
 * to the working directory, and becomes `{ text }`, so that resolved settings need it no more. One line break at its
 * end, which editors put there, is not part of the prompt.
 *
 * @param placeholders a template without `{word}` for each of them is refused, as is one with any other known word.
 */
export function promptSetting<const Name extends string>(
  names: readonly [Name, ...Name[]],
  placeholders: Placeholders = {},
) {
  const words = Object.keys(placeholders);
  return z
    .unknown()
    .transform((given, context): PromptSetting<Name> => {
      const name = names.find((each) => each === given);
      if (name !== undefined) return name;
      const read = textOf(given, names);
      const problem = read.kind === "problem" ? read.problem : templateProblem(read.text, words);
      if (read.kind === "text" && problem === undefined) return { text: read.text };
      context.addIssue({ code: "custom", message: problem ?? "", input: given });
      return z.NEVER;
    })
    .prefault(names[0])
    .describe('Wording: a name, { file: "prompt.txt" }, or { text: "…" }.');
}

/** The template with each `{word}` replaced by its value; values are taken as they are. */
export function filledTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((text, [word, value]) => text.replaceAll(`{${word}}`, () => value), template);
}

type Read = { kind: "text"; text: string } | { kind: "problem"; problem: string };

const textForm = z.strictObject({ text: z.string() });
const fileForm = z.strictObject({ file: z.string().min(1) });

function textOf(given: unknown, names: readonly string[]): Read {
  const text = textForm.safeParse(given);
  if (text.success) return { kind: "text", text: text.data.text };
  const file = fileForm.safeParse(given);
  if (file.success) return fileText(file.data.file);
  const forms = [...names.map((name) => `"${name}"`), '{ file: "path/to/prompt.txt" }', '{ text: "…" }'];
  return { kind: "problem", problem: `expected ${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}` };
}

function fileText(path: string): Read {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
    return { kind: "text", text: text.replace(/\r?\n$/, "") };
  } catch (error) {
    const problem = `expected a text file (UTF-8) that can be read, relative to ${process.cwd()}: ${messageOf(error)}`;
    return { kind: "problem", problem };
  }
}

/** What keeps a text from being a template with exactly these placeholders. */
function templateProblem(text: string, words: readonly string[]): string | undefined {
  if (text.trim() === "") return "expected a prompt, got an empty text";
  if (text.includes("<image>")) {
    return "expected no <image> in it: the checkpoint's chat template puts the image in its place; take it out";
  }
  const strange = KNOWN_PLACEHOLDERS.flatMap((known) => {
    const written = [...text.matchAll(new RegExp(`\\{\\s*[\\w-]*${known}[\\w-]*\\s*\\}`, "gi"))].map(
      ([whole]) => whole,
    );
    return written.filter((whole) => !(whole === `{${known}}` && words.includes(known)));
  })[0];
  const missing = words.find((word) => !text.includes(`{${word}}`));
  if (missing !== undefined) {
    const mend =
      strange === undefined ? "put it where the text at that place varies" : `write it instead of ${strange}`;
    return `expected the placeholder {${missing}} in it; ${mend}`;
  }
  if (strange === undefined) return undefined;
  const known = words.length === 0 ? "none" : words.map((word) => `{${word}}`).join(", ");
  return `${strange}: no such placeholder; known here: ${known}. Reword it or take it out`;
}
