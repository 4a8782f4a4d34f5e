import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder for the tests of one `describe`, gone after them; returns paths within it. */
export function temporaryFolder(): (...names: string[]) => string {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "coso-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (...names) => join(folder, ...names);
}
