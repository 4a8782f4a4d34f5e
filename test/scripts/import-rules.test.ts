import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** [importing file, what it imports] */
const FORBIDDEN = [
  ["ts/protocol/a.ts", "../random.ts"],
  ["ts/parsing/a.ts", "../worker/client.ts"],
  ["ts/random.ts", "./protocol/messages.ts"],
  ["ts/trajectory.ts", "./train.ts"],
  ["ts/environments/a.ts", "../worker/worker.ts"],
  ["ts/environments/cards/a.ts", "../../protocol/messages.ts"],
  ["ts/environments/phones/adb/a.ts", "../../../protocol/messages.ts"],
  ["ts/environments/phones/canvas/a.ts", "../../../worker/worker.ts"],
  ["ts/conformance/a.ts", "../config.ts"],
  ["ts/worker/a.ts", "../train.ts"],
  ["ts/worker/b.ts", "../random.ts"],
  ["ts/algorithms/a.ts", "../worker/client.ts"],
  ["ts/rollout.ts", "./worker/client.ts"],
  ["ts/interaction.ts", "./environments/registry.ts"],
  ["ts/reproduction/a.ts", "../commands/compare.ts"],
  ["ts/reproduction/declared/a.ts", "../../../experiments/quickstart.ts"],
  ["ts/sinks/a.ts", "../training/training.ts"],
  ["ts/view/client/pages/a.ts", "../../server/app.ts"],
  ["ts/view/client/parts/a.ts", "../../../report/statistics.ts"],
  ["experiments/a.ts", "../ts/train.ts"],
  ["experiments/paper/a.ts", "../../ts/config.ts"],
] as const;

const ALLOWED = [
  ["ts/protocol/a.ts", "../errors.ts"],
  ["ts/parsing/a.ts", "./parse.ts"],
  ["ts/trajectory.ts", "./parsing/parse.ts"],
  ["ts/environments/a.ts", "../parsing/parse.ts"],
  ["ts/environments/cards/a.ts", "../environment.ts"],
  ["ts/environments/cards/b.ts", "../../random.ts"],
  ["ts/environments/phones/a.ts", "../../judging/model-judge.ts"],
  ["ts/environments/phones/adb/a.ts", "../../../png.ts"],
  ["ts/environments/phones/adb/b.ts", "../../../parsing/phone-action.ts"],
  ["ts/environments/phones/canvas/a.ts", "../../../random.ts"],
  ["ts/environments/phones/canvas/b.ts", "../../../drawing/canvas.ts"],
  ["ts/conformance/a.ts", "../environments/registry.ts"],
  ["ts/worker/a.ts", "../protocol/messages.ts"],
  ["ts/algorithms/a.ts", "../trajectory.ts"],
  ["ts/rollout.ts", "./worker/worker.ts"],
  ["ts/reproduction/a.ts", "../comparison/run.ts"],
  ["ts/sinks/a.ts", "../runs/run-folder.ts"],
  ["ts/view/client/pages/a.ts", "../parts/screen.tsx"],
  ["ts/view/client/pages/b.ts", "../../api.ts"],
  ["ts/view/client/parts/a.ts", "../../../report/format.ts"],
  ["experiments/a.ts", "../ts/index.ts"],
  ["experiments/paper/a.ts", "../../ts/index.ts"],
  ["experiments/paper/a.ts", "../quickstart.ts"],
] as const;

describe("import rules", () => {
  it("hold for every folder that the architecture restricts", () => {
    expect(refusedAmong(FORBIDDEN)).to.deep.equal(FORBIDDEN.map(([file]) => file));
  });

  it("let through what the architecture allows", () => {
    expect(refusedAmong(ALLOWED)).to.deep.equal([]);
  });
});

/** Lints the imports in a folder of their own, and returns the files whose import is refused. */
function refusedAmong(imports: readonly (readonly [file: string, specifier: string])[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "coso-imports-"));
  try {
    for (const name of ["biome.json", ".gitignore"]) copyFileSync(join(ROOT, name), join(folder, name));
    for (const [file, specifier] of imports) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `export { x } from "${specifier}";\n`);
    }
    const { stdout } = spawnSync(
      join(ROOT, "node_modules/.bin/biome"),
      ["lint", "--only=style/noRestrictedImports", "--reporter=github", "--max-diagnostics=none"],
      { cwd: folder, encoding: "utf8" },
    );
    const refusals = stdout.split("\n").filter((line) => line.includes("noRestrictedImports"));
    return imports.map(([file]) => file).filter((file) => refusals.some((line) => line.includes(`/${file},line=`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
