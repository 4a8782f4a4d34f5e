import { expect } from "chai";

const VOID_ELEMENTS = new Set(["br", "hr", "img", "input", "link", "meta"]);

/**
 * Asserts that markup nests: every tag closed in order, every attribute quoted, no stray `<` or `&`. Stricter than HTML,
 * which forgives all of these.
 */
export function expectWellFormed(markup: string): void {
  const open: string[] = [];
  const body = markup.replace(/^<!DOCTYPE html>/, "").replace(/<(style|script)>.*?<\/\1>/gs, "");
  let end = 0;
  for (const match of body.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g)) {
    expectText(body.slice(end, match.index));
    end = match.index + match[0].length;
    const [, closing, name = "", attributes = "", selfClosing] = match;
    expectText(attributes);
    if (closing) expect(open.pop(), `</${name}>`).to.equal(name);
    else if (!selfClosing && !VOID_ELEMENTS.has(name)) open.push(name);
  }
  expectText(body.slice(end));
  expect(open, "elements left open").to.deep.equal([]);
}

function expectText(text: string): void {
  expect(text).not.to.match(/<|&(?!amp;|lt;|gt;|quot;|#39;)/);
}
