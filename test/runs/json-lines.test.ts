import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { RunFolderError } from "../../ts/errors.ts";
import { JsonLines } from "../../ts/runs/json-lines.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("JsonLines", () => {
  const path = temporaryFolder();

  it("is cut back to where it was, a line cut off in the middle included", () => {
    const lines = new JsonLines(path("lines"));
    expect(lines.size).to.equal(0);
    lines.append({ a: "é" });
    const { size } = lines;
    lines.append({ b: 2 });
    writeFileSync(path("lines"), '{"c":', { flag: "a" });
    lines.truncate(size);
    expect(readFileSync(path("lines"), "utf8")).to.equal('{"a":"é"}\n');
  });

  it("refuses to be cut back to more than there is", () => {
    const lines = new JsonLines(path("short"));
    lines.append(1);
    expect(() => lines.truncate(100)).to.throw(RunFolderError, "at least 100 bytes");
    new JsonLines(path("absent")).truncate(0);
  });
});
