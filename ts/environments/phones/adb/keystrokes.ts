export type Keystrokes =
  | { readonly kind: "enter" }
  /** An argument of `input text`, as the device's shell has to see it. */
  | { readonly kind: "text"; readonly argument: string };

/**
 * Text as Android's `input` can type it, as AndroidWorld does: word by word, since long texts lose their order or run out of
 * time; without accents, and without what has no form in ASCII; a new line is the Enter key. A word takes the space behind
 * it along. Tabs are typed as spaces, and other control characters are dropped.
 */
export function keystrokesOf(text: string): Keystrokes[] {
  const lines = text.replaceAll(/\r\n?/g, "\n").split("\n");
  return lines.flatMap((line, place) => {
    const words = asciiOf(line).match(/[^ ]+ ?| /g) ?? [];
    const typed = words.flatMap(pieces).map((piece) => ({ kind: "text" as const, argument: escaped(piece) }));
    return place === 0 ? typed : [{ kind: "enter" as const }, ...typed];
  });
}

function asciiOf(line: string): string {
  return line
    .replaceAll("\t", " ")
    .normalize("NFKD")
    .replaceAll(/[^ -~]/g, "");
}

/** `input` types a space for `%s`; so where a text itself has that, its two characters are typed apart. */
function pieces(word: string): string[] {
  return word.split(/(?<=%)(?=s)/).map((piece) => piece.replaceAll(" ", "%s"));
}

function escaped(piece: string): string {
  return piece.replaceAll(/[^A-Za-z0-9%_.,:/@+-]/g, "\\$&");
}
