import { writeFileSync } from "node:fs";
import Mocha from "mocha";

/** How long what the last test left running may take to end. */
const LINGER_MS = 15_000;

/**
 * Mocha's own readable output, and the counts as JSON in the file that `--reporter-option counts=FILE` names. Mocha waits for
 * ever for what a test left open, such as a browser: that ends the process and counts as a failure (`lingerMs=N`, 15,000 by default).
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const { counts, lingerMs = LINGER_MS } = options.reporterOptions;
      const report = (/** @type {number} */ failed) =>
        writeFileSync(counts, JSON.stringify({ passed: passes, failed, skipped: pending }));
      report(failures);
      setTimeout(() => {
        const open = process.getActiveResourcesInfo().join(", ");
        console.error(`All tests have ended, but this process has not: something was left open (${open}).`);
        report(failures + 1);
        // biome-ignore lint/nursery/noProcessExit: what was left open keeps it from ending otherwise.
        process.exit();
      }, Number(lingerMs)).unref();
    });
  }
}
