import { expect } from "chai";
import { execa } from "execa";

describe("coso", function () {
  this.timeout(120_000);
  const coso = (...args: string[]) => execa("node", ["bin/coso.mjs", ...args], { reject: false });

  it("shows help with examples for every command", async () => {
    const { stdout, exitCode } = await coso("--help");
    expect(exitCode).to.equal(0);
    const commands = [...stdout.matchAll(/^ {2}(\w+) .*[[<]/gm)]
      .flatMap(([, name]) => name ?? [])
      .filter((name) => name !== "help");
    expect(commands).to.include.members(["train", "eval", "compare", "explain", "report", "bench"]);
    for (const { stdout: help, exitCode: code } of await Promise.all(commands.map((name) => coso(name, "--help")))) {
      expect(code).to.equal(0);
      expect(help).to.match(/Examples?:|Usage: coso doctor/);
    }
  });

  it("exits 1 with one readable message, without a stack, for what was foreseen", async () => {
    for (const [args, words] of [
      [["train", "absent.ts"], "absent.ts: no such file"],
      [["train", "experiments/quickstart.ts", "--set", "algorithm.clp=1"], "did you mean `clip`?"],
      [["train", "experiments/quickstart.ts", "--seed", "-1"], "Expected a whole number"],
      [["eval", "absent"], "absent: no run here"],
      [["reproduce", "table-d1", "--no-run", "--out", "package.json"], "ENOTDIR: not a directory"],
      [["reproduce", "table-d1", "--no-run", "--only", ""], "expected METHOD, METHOD/COLUMN or /COLUMN"],
      [["unknown"], "unknown command"],
    ] as const) {
      const { exitCode, stderr, stdout } = await coso(...args);
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 1, stdout: "" });
      expect(stderr).to.contain(words).and.not.contain("    at ");
    }
  });
});
