#!/usr/bin/env node
/**
 * All tests, of both languages, beside one another, TypeScript's in two halves of which one prints at its end. The last line is
 * `N passed, N failed` (and `, N skipped` where some were).
 *
 *   npm test                                                    everything
 *   npm test -- test/random.test.ts python/tests/test_scm.py    these files
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { halvesOfTests, runMocha, runPytest } from "./test/suites.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = process.argv.slice(2);
const python = files.filter((file) => /\.py(::|$)/.test(file));
const typescript = files.filter((file) => !python.includes(file));

const folder = mkdtempSync(join(tmpdir(), "coso-test-"));
try {
  const all = files.length === 0;
  const suites = await Promise.all([
    ...(all
      ? halvesOfTests(root).map((half, place) =>
          runMocha(root, folder, `mocha-${place + 1}`, place === 0 ? "inherit" : "pipe", half),
        )
      : []),
    ...(typescript.length > 0 ? [runMocha(root, folder, "mocha", "inherit", typescript)] : []),
    ...(all || python.length > 0 ? [runPytest(root, folder, python)] : []),
  ]);
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of suites) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  if (total.failed > 0) process.exitCode = 1;
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
} finally {
  rmSync(folder, { recursive: true });
}
