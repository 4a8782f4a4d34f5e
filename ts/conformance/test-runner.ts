import * as nodeRunner from "node:test";

/** What the suite asks of a test runner: mocha, Jasmine, Jest, Vitest and `node:test` all have it. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it: {
    (name: string, body: () => Promise<void>): unknown;
    skip(name: string, body: () => void): unknown;
  };
  afterEach(body: () => Promise<void>): unknown;
}

/** The runner whose functions are global, as mocha's are; where there are none, Node's own. */
export function presentRunner(): TestRunner {
  const { describe, it, afterEach } = globalThis as Partial<TestRunner>;
  if (describe === undefined || it === undefined || afterEach === undefined) return nodeRunner;
  return { describe, it, afterEach };
}
