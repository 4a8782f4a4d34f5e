import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { supervise } from "../../ts/processes/supervised.ts";

const SLEEP = ["-e", "setInterval(() => {}, 1000); console.log('up')"];

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("supervised processes", () => {
  it("many of them share one listener of this process's exit", async () => {
    const before = process.listenerCount("exit");
    const children = await Promise.all(Array.from({ length: 12 }, () => supervise("node", SLEEP, { env: {} })));
    // One of ours, and one that execa shares likewise.
    expect(process.listenerCount("exit") - before).to.be.at.most(2);
    await Promise.all(children.map((child) => child.stop({ byItself: 0, terminated: 5_000 })));
  }).timeout(30_000);

  it("end with this process, however it exits", async () => {
    const script = `
      import { supervise } from "./ts/processes/supervised.ts";
      const children = await Promise.all([0, 1].map(() => supervise("node", ${JSON.stringify(SLEEP)}, { env: {} })));
      console.log(JSON.stringify(children.map(({ pid }) => pid)));
      process.exit(3);`;
    const { stdout, exitCode } = await execa(
      process.execPath,
      ["--import=tsx", "--input-type=module", "--eval", script],
      { reject: false },
    );
    expect(exitCode).to.equal(3);
    for (const pid of JSON.parse(stdout) as number[]) {
      // Killed at once; whoever takes over orphans buries it a moment later.
      while (isThere(pid)) await delay(20);
    }
  }).timeout(30_000);
});
