import { spawnSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { keystrokesOf } from "../../../../ts/environments/phones/adb/keystrokes.ts";

/** The text that Android's `input` types for an argument, once a real shell has read it. */
function typed(text: string): string {
  const strokes = keystrokesOf(text);
  const script = strokes.map((stroke) => (stroke.kind === "enter" ? "echo" : `printf %s\\\\n ${stroke.argument}`));
  const { stdout, stderr } = spawnSync("sh", ["-c", script.join("\n")], { encoding: "utf8" });
  expect(stderr).to.equal("");
  const read = stdout.split("\n").slice(0, strokes.length);
  return strokes
    .map(({ kind }, place) => (kind === "enter" ? "\n" : (read[place] ?? "").replaceAll("%s", " ")))
    .join("");
}

describe("typing", () => {
  it("goes word by word, a space with the word before it", () => {
    expect(keystrokesOf("who's  there?\nme")).to.deep.equal([
      { kind: "text", argument: "who\\'s%s" },
      { kind: "text", argument: "%s" },
      { kind: "text", argument: "there\\?" },
      { kind: "enter" },
      { kind: "text", argument: "me" },
    ]);
    expect(keystrokesOf("")).to.deep.equal([]);
  });

  it("folds to ASCII, as AndroidWorld does", () => {
    expect(typed("Crème brûlée ﬁx… 東京\u0000\ttab\r\n½")).to.equal("Creme brulee fix...  tab\n12");
  });

  it("types a percent sign before an s as such", () => {
    expect(keystrokesOf("50%s%s")).to.deep.equal([
      { kind: "text", argument: "50%" },
      { kind: "text", argument: "s%" },
      { kind: "text", argument: "s" },
    ]);
  });

  it("reaches `input` through a real shell as it was, whatever ASCII it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii", maxLength: 30 }), (text) => {
        expect(typed(text)).to.equal(text);
      }),
      { numRuns: 60 },
    );
  }).timeout(30_000);
});
