import * as nodeRunner from "node:test";

/** What the suite asks of a test runner: mocha, Jasmine, Jest, Vitest and `node:test` all have it. */
export interface TestRunner {
  /** Opens a suite. */
  describe(name: string, body: () => void): unknown;
  /** Adds a test to it. */
  it: TestFunction;
  /** What runs after each test of the suite. */
  afterEach(body: () => Promise<void>): unknown;
}

/** Adds a test, or, by `skip`, one that is not run. */
export interface TestFunction {
  (name: string, body: () => Promise<void>): unknown;
  /** The test is listed, and not run. */
  skip(name: string, body: () => void): unknown;
}

/** The runner whose functions are global, as mocha's are; where there are none, Node's own. */
export function presentRunner(): TestRunner {
  const { describe, it, afterEach } = globalThis as Partial<TestRunner>;
  if (describe === undefined || it === undefined || afterEach === undefined) return nodeRunner;
  return { describe, it, afterEach };
}
