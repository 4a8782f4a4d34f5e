import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describeEnvironment } from "../../ts/conformance/describe-environment.ts";
import { ladder } from "./ladder.ts";

describeEnvironment({ definition: ladder, actions: (_, random) => random.pick(["up", "down"] as const) });

describe("README's environment", () => {
  it("is ladder.ts, but for the place that it is imported from", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const [, shown = ""] = /```ts\n\/\/ ts\/environments\/ladder\.ts[^\n]*\n(.*?)```/s.exec(readme) ?? [];
    const tested = readFileSync(new URL("ladder.ts", import.meta.url), "utf8");
    const moved = shown
      .replaceAll('from "../', 'from "../../ts/')
      .replaceAll('from "./', 'from "../../ts/environments/');
    expect(codeOf(moved)).to.deep.equal(codeOf(tested));
    expect(codeOf(moved).body).to.include("class Ladder");
  });
});

/** Imports without their order and line breaks, which follow from the paths; all else as it stands. */
function codeOf(source: string): { imports: string[]; body: string } {
  const statement = /^import [^;]*;\n/gm;
  const imports = [...source.matchAll(statement)].map(([text]) => text.replaceAll(/[\s,]+/g, " "));
  const body = source.replace(/^\/\*\*.*\*\/\n/, "").replaceAll(statement, "");
  return { imports: imports.sort(), body };
}
