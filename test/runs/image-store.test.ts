import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { ImageStore } from "../../ts/runs/image-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("ImageStore", () => {
  const path = temporaryFolder();
  const image = (level: number, width = 2) => ({ width, height: 6 / width, rgb: new Uint8Array(18).fill(level) });

  it("writes each picture once, named by size and pixels", async () => {
    const store = new ImageStore(path());
    const names = await Promise.all([image(1), image(1), image(2), image(1, 3)].map((each) => store.keep(each)));
    expect(names[0])
      .to.match(/^images\/[0-9a-f]{64}\.png$/)
      .and.to.equal(names[1]);
    expect(new Set(names)).to.have.property("size", 3);
    expect(readdirSync(path("images")).sort()).to.deep.equal(
      [...new Set(names)].map((name) => name.replace("images/", "")).sort(),
    );
    expect(
      readFileSync(path(names[0] ?? ""))
        .subarray(1, 4)
        .toString(),
    ).to.equal("PNG");
    expect(await new ImageStore(path()).keep(image(2))).to.equal(names[2]);
  });
});
