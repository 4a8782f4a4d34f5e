import { PassThrough, Readable } from "node:stream";
import { expect } from "chai";
import { linesOf } from "../../ts/commands/lines.ts";

describe("linesOf", () => {
  it("numbers lines from 1 and leaves blank ones out", async () => {
    const lines: unknown[] = [];
    for await (const line of linesOf(Readable.from(["one\r\n\n  \nfo", "ur\nfive"]))) lines.push(line);
    expect(lines).to.deep.equal([
      { number: 1, text: "one" },
      { number: 4, text: "four" },
      { number: 5, text: "five" },
    ]);
  });

  it("hands a line out before the next one is there, and stops reading when left", async () => {
    const input = new PassThrough();
    const lines = linesOf(input);
    input.write("one\n");
    expect((await lines.next()).value).to.deep.equal({ number: 1, text: "one" });
    expect(input.isPaused()).to.equal(false);
    await lines.return(undefined);
    expect(input.isPaused()).to.equal(true);
  });
});
