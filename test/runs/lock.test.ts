import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { execaSync } from "execa";
import { RunFolderError } from "../../ts/errors.ts";
import { claim } from "../../ts/runs/lock.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("claim", () => {
  const path = temporaryFolder();

  it("keeps others out until it is given back", () => {
    const lock = path("held");
    const release = claim(lock);
    expect(() => claim(lock)).to.throw(RunFolderError, `process ${process.pid}`);
    release();
    expect(existsSync(lock)).to.equal(false);
    claim(lock)();
  });

  it("takes over from a process that has died, and from one that was cut off while claiming", () => {
    const { pid } = JSON.parse(execaSync("node", ["-e", "console.log(JSON.stringify({ pid: process.pid }))"]).stdout);
    for (const left of [JSON.stringify({ pid, host: hostname() }), '{"pid": 1']) {
      const lock = path("stale");
      writeFileSync(lock, left);
      const release = claim(lock);
      expect(JSON.parse(readFileSync(lock, "utf8")).pid).to.equal(process.pid);
      release();
    }
  });

  it("does not take over from another host, whose processes it cannot see", () => {
    const lock = path("elsewhere");
    writeFileSync(lock, JSON.stringify({ pid: 1, host: "another-host" }));
    expect(() => claim(lock)).to.throw(RunFolderError, "another-host");
  });
});
