import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { expect } from "chai";
import { whenFree } from "../../ts/sweep/when-free.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("whenFree", function () {
  this.timeout(60_000);
  const path = temporaryFolder();
  const lockedBy = (pid: number) => writeFileSync(path("run.lock"), JSON.stringify({ pid, host: hostname() }));

  it("waits for a process that still saves its run, and tells of it", async () => {
    lockedBy(process.pid);
    const owners: number[] = [];
    const free = whenFree(path(), ({ pid }) => owners.push(pid), new AbortController().signal);
    expect(owners).to.deep.equal([process.pid]);
    lockedBy(2 ** 30);
    expect(await free).to.equal(true);
  });

  it("waits no longer once it is asked to stop", async () => {
    lockedBy(process.pid);
    const stop = new AbortController();
    const free = whenFree(path(), () => undefined, stop.signal);
    stop.abort();
    expect(await free).to.equal(false);
  });
});
