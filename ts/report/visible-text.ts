/**
 * A token's text with what would not be seen made visible: a piece of blanks alone, line ends, tabs, and characters
 * that have no shape or would turn the writing's direction.
 */
export function visibleText(text: string): string {
  if (text === "") return "∅";
  const blanks = /^ +$/.test(text) ? text.replaceAll(" ", "␣") : text;
  return blanks
    .replaceAll("\r", "␍")
    .replaceAll("\t", "⇥")
    .replaceAll("\n", "↵\n")
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => (character === "\n" ? "\n" : `⟨U+${codePoint(character)}⟩`));
}

function codePoint(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
