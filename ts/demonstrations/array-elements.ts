import { ConfigError } from "../errors.ts";

/**
 * The elements of a JSON array, each as its own text, without parsing them or holding more than one: so a file of any
 * size can be read, and what is wrong with one element is not wrong with all.
 *
 * Empty text stands between two commas. What an element contains is the caller's to check.
 * @param name of the file, for messages.
 * @throws ConfigError when the text is no array, or ends within one.
 */
export async function* arrayElements(pieces: AsyncIterable<string>, name: string): AsyncGenerator<string> {
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  let isOver = false;
  let numElements = 0;
  /** What earlier pieces hold of the present element. */
  let begun = "";
  for await (const piece of pieces) {
    let start = 0;
    for (let index = 0; index < piece.length; index++) {
      const character = piece.charAt(index);
      if (isInText) {
        if (isEscaped) isEscaped = false;
        else if (character === "\\") isEscaped = true;
        else if (character === '"') isInText = false;
        continue;
      }
      if (depth === 0 && !isBlank(character)) {
        if (isOver || character !== "[") throw noArray(name, isOver, piece.slice(index));
        start = index + 1;
      }
      switch (character) {
        case '"':
          isInText = true;
          break;
        case "[":
        case "{":
          depth += 1;
          break;
        case "]":
        case "}": {
          depth -= 1;
          if (depth > 0) break;
          const last = (begun + piece.slice(start, index)).trim();
          isOver = true;
          begun = "";
          if (last !== "" || numElements > 0) yield last;
          break;
        }
        case ",":
          if (depth !== 1) break;
          numElements += 1;
          yield (begun + piece.slice(start, index)).trim();
          begun = "";
          start = index + 1;
          break;
        default:
      }
    }
    if (depth > 0) begun += piece.slice(start);
  }
  if (isOver) return;
  if (depth === 0) throw new ConfigError(`${name}: expected a JSON array of rows, got an empty file`);
  throw new ConfigError(
    `${name}: the file ends within row ${numElements + 1}: it was cut off, or a quote or bracket is missing there`,
  );
}

function isBlank(character: string): boolean {
  return character === " " || character === "\n" || character === "\r" || character === "\t" || character === "\ufeff";
}

function noArray(name: string, isOver: boolean, rest: string): ConfigError {
  const shown = JSON.stringify(rest.slice(0, 40));
  if (isOver) return new ConfigError(`${name}: expected nothing after the array's closing bracket, got ${shown}`);
  const mend = rest.startsWith("{") ? "; put rows that stand on lines of their own between [ and ], with commas" : "";
  return new ConfigError(`${name}: expected a JSON array of rows, got ${shown}${mend}`);
}
