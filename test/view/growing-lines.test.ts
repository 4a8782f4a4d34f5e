import { appendFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { GrowingLines } from "../../ts/view/reading/growing-lines.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("lines of a file that grows", () => {
  const path = temporaryFolder();
  const reading = (name: string) => {
    let lines: string[] = [];
    let told = 0;
    const file = new GrowingLines(path(name), {
      line: (text) => {
        lines.push(text);
        told += 1;
      },
      keep: (count) => {
        lines = lines.slice(0, count);
      },
    });
    const refreshed = async () => {
      await file.refresh();
      return lines;
    };
    return { file, refreshed, told: () => told };
  };

  it("are each told once, when they are whole", async () => {
    const { file, refreshed, told } = reading("grows");
    expect(await refreshed()).to.deep.equal([]);
    writeFileSync(path("grows"), "one\ntwö\nthr");
    expect(await refreshed()).to.deep.equal(["one", "twö"]);
    appendFileSync(path("grows"), "ee\n");
    expect(await refreshed()).to.deep.equal(["one", "twö", "three"]);
    expect(told()).to.equal(3);
    expect([await file.read(1), await file.read(2), await file.read(3)]).to.deep.equal(["twö", "three", undefined]);
  });

  it("may be longer than what is read at once", async () => {
    const long = "x".repeat(3_000_000);
    writeFileSync(path("long"), `a\n${long}\nb\n`);
    expect(await reading("long").refreshed()).to.deep.equal(["a", long, "b"]);
  });

  it("follow a file that is cut back and goes on otherwise", async () => {
    const { file, refreshed, told } = reading("cut");
    writeFileSync(path("cut"), "one\ntwo\nthree\n");
    await refreshed();
    truncateSync(path("cut"), 4);
    expect(await refreshed()).to.deep.equal(["one"]);
    appendFileSync(path("cut"), "zwei\n");
    expect(await refreshed()).to.deep.equal(["one", "zwei"]);
    expect(told()).to.equal(4);
    expect(await file.read(1)).to.equal("zwei");
  });

  it("are read anew where the file was cut back and has grown past what was known meanwhile", async () => {
    const { refreshed } = reading("regrown");
    writeFileSync(path("regrown"), "one\ntwo\nthree\n");
    await refreshed();
    writeFileSync(path("regrown"), "one\nzwei\ndrei\nvier\n");
    expect(await refreshed()).to.deep.equal(["one", "zwei", "drei", "vier"]);
    rmSync(path("regrown"));
    expect(await refreshed()).to.deep.equal([]);
  });

  it("are told in order however many ask at once", async () => {
    const { refreshed, told } = reading("asked");
    writeFileSync(path("asked"), "1\n2\n3\n");
    await Promise.all([refreshed(), refreshed(), refreshed()]);
    expect(await refreshed()).to.deep.equal(["1", "2", "3"]);
    expect(told()).to.equal(3);
  });
});
