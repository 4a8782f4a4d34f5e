import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How long what a suite printed may take to arrive once it has ended. */
const DRAIN_MS = 10_000;

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * All of TypeScript's tests in two halves, so that each of two cores has one: much of their time is waiting for processes.
 * @param {string} root
 * @returns {string[][]}
 */
export function halvesOfTests(root) {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  const files = names
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .sort();
  // Every other file: those that take long lie side by side.
  return [0, 1].map((half) => files.filter((_, index) => index % 2 === half));
}

/**
 * @param {string} root
 * @param {string} folder for the report
 * @param {string} name of this run, where there are others
 * @param {"inherit" | "pipe"} output whether it prints as it goes, or in one piece at its end
 * @param {string[]} files
 * @returns {Promise<Counts>}
 */
export async function runMocha(root, folder, name, output, files) {
  const report = join(folder, `${name}.json`);
  const { code, output: printed } = await run(root, output, "node_modules/.bin/mocha", [
    "--forbid-only",
    `--reporter=${join(root, "scripts/test/mocha-reporter.mjs")}`,
    `--reporter-option=counts=${report}`,
    ...files,
  ]);
  if (output === "pipe") console.log(`\n${printed.trim()}`);
  return countsOf(name, code, () => JSON.parse(readFileSync(report, "utf8")));
}

/**
 * What it prints comes in one piece at its end, since mocha prints beside it.
 * @param {string} root
 * @param {string} folder
 * @param {string[]} files
 * @returns {Promise<Counts>}
 */
export async function runPytest(root, folder, files) {
  const report = join(folder, "pytest.xml");
  const { code, output } = await run(root, "pipe", ".venv/bin/python", [
    ...[
      "-m",
      "pytest",
      "-c",
      "python/pyproject.toml",
      "--rootdir=python",
      "-ra",
      "--durations=5",
      `--junitxml=${report}`,
    ],
    ...(files.length > 0 ? files : ["python/tests"]),
  ]);
  console.log(`\n${output.trim()}`);
  return countsOf("pytest", code, () => readJunit(readFileSync(report, "utf8")));
}

/**
 * What a suite's report says. A suite that broke down before or beside its tests counts as one failure, whatever its
 * report says or whether there is one.
 * @param {string} suite
 * @param {number | string} code how the suite ended
 * @param {() => Counts} readReport
 * @returns {Counts}
 */
function countsOf(suite, code, readReport) {
  /** @type {Counts} */
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = readReport();
  } catch {
    console.error(`${suite} left no report (it ended with ${code}).`);
    return { ...counts, failed: 1 };
  }
  if (counts.failed > 0 || (code === 0 && counts.passed > 0)) return counts;
  console.error(`${suite} ended with ${code} after ${counts.passed} passing tests and no failing one.`);
  return { ...counts, failed: 1 };
}

/**
 * @param {string} xml
 * @returns {Counts}
 */
export function readJunit(xml) {
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0];
  if (suite === undefined) throw new Error("no <testsuite> in the report");
  const count = (/** @type {string} */ attribute) => Number(new RegExp(` ${attribute}="(\\d+)"`).exec(suite)?.[1]);
  const failed = count("failures") + count("errors");
  const skipped = count("skipped");
  return { passed: count("tests") - failed - skipped, failed, skipped };
}

/**
 * @param {string} root
 * @param {"inherit" | "pipe"} output where what it prints goes
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<{ code: number | string, output: string }>} exit code, signal or what kept it from starting
 */
function run(root, output, command, args) {
  // One thread: results repeat to the last bit, and two suites' workers do not fight over the cores.
  const env = { ...process.env, OMP_NUM_THREADS: "1" };
  const child = spawn(join(root, command), args, { cwd: root, env, stdio: ["ignore", output, output] });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (/** @type {string} */ chunk) => {
      printed += chunk;
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: error.message, output: printed }));
    const ended = (/** @type {number | null} */ code, /** @type {NodeJS.Signals | null} */ signal) => {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
      resolve({ code: code ?? signal ?? "nothing", output: printed });
    };
    // Whoever a test left behind may hold the pipe open for ever.
    let drain = setTimeout(() => undefined, 0);
    child.on("exit", (code, signal) => {
      drain = setTimeout(() => ended(code, signal), DRAIN_MS);
    });
    child.on("close", (code, signal) => {
      clearTimeout(drain);
      ended(code, signal);
    });
  });
}
