import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { halvesOfTests, readJunit } from "../../scripts/test/suites.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("npm test", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "coso-runner-test-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("counts passes, failures and skips, and fails where one failed", () => {
    const tests = `it("a", () => {}); it("b", () => {}); it("c", () => { throw new Error("wrong"); }); it.skip("d", () => {});`;
    expect(run(tests)).to.deep.equal({ lastLine: "2 passed, 1 failed, 1 skipped", code: 1 });
  });

  it("ends in plain counts where all passed", () => {
    expect(run(`it("a", () => {});`)).to.deep.equal({ lastLine: "1 passed, 0 failed", code: 0 });
  });

  it("counts a file that does not load as a failure", () => {
    expect(run(`import "./missing.ts";`)).to.deep.equal({ lastLine: "0 passed, 1 failed", code: 1 });
  });

  it("plays every file in one half or the other", () => {
    for (const file of ["b.test.ts", "a.test.ts", "deep/c.test.ts", "deep/er/d.test.ts", "helps.ts"]) {
      mkdirSync(dirname(join(folder, "test", file)), { recursive: true });
      writeFileSync(join(folder, "test", file), "");
    }
    expect(halvesOfTests(folder)).to.deep.equal([
      ["test/a.test.ts", "test/deep/c.test.ts"],
      ["test/b.test.ts", "test/deep/er/d.test.ts"],
    ]);
  });

  it("does not take a lone focused test for the whole", () => {
    expect(run(`it.only("a", () => {}); it("b", () => {});`).code).to.equal(1);
  });

  it("ends with a failure where a test leaves something open, and says what", () => {
    const file = join(folder, "open.test.ts");
    writeFileSync(file, `it("a", () => { setInterval(() => {}, 1000); });`);
    const counts = join(folder, "counts.json");
    const { stderr } = spawnSync(
      join(ROOT, "node_modules/.bin/mocha"),
      [
        `--reporter=${join(ROOT, "scripts/test/mocha-reporter.mjs")}`,
        `--reporter-option=counts=${counts},lingerMs=300`,
        file,
      ],
      { cwd: ROOT, encoding: "utf8" },
    );
    expect(JSON.parse(readFileSync(counts, "utf8"))).to.deep.equal({ passed: 1, failed: 1, skipped: 0 });
    expect(stderr).to.match(/left open \(.*Timeout/);
  });

  it("reads pytest's report, in which errors are failures", () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="pytest tests">' +
      '<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="0.1"></testsuite></testsuites>';
    expect(readJunit(xml)).to.deep.equal({ passed: 4, failed: 3, skipped: 3 });
  });

  function run(source: string) {
    const file = join(folder, "sample.test.ts");
    writeFileSync(file, source);
    const { stdout, status } = spawnSync(process.execPath, [join(ROOT, "scripts/test.mjs"), file], {
      encoding: "utf8",
    });
    return { lastLine: stdout.trimEnd().split("\n").at(-1), code: status };
  }
});
