import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Judge } from "../../ts/environments/phones/judge.ts";
import { RunFolderError } from "../../ts/errors.ts";
import { judgeAgreement } from "../../ts/judging/agreement.ts";
import { encodePng } from "../../ts/png.ts";
import { wilsonInterval } from "../../ts/report/statistics.ts";
import { imageName } from "../../ts/runs/image-store.ts";
import { rejection } from "../rejection.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("judgeAgreement", () => {
  const at = temporaryFolder();
  let number = 0;

  /** A run whose episodes end on a screen of a shade each. */
  function runWith(episodes: readonly { shade: number; success: boolean; ending?: string }[]): string {
    const run = at(`run-${number++}`);
    mkdirSync(join(run, "images"), { recursive: true });
    const stored = (shade: number) => {
      const image = { width: 1, height: 1, rgb: new Uint8Array(3).fill(shade) };
      writeFileSync(join(run, imageName(image)), encodePng(image));
      return imageName(image);
    };
    const lines = episodes.map(({ shade, success, ending = "terminated" }) => ({
      success,
      ending,
      steps: [{ prompt: `Previous Actions: Goal: Shade ${shade}`, image: stored(0) }],
      lastImage: stored(shade),
    }));
    writeFileSync(join(run, "episodes.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return run;
  }
  const seen: string[] = [];
  /** Takes bright for success, and cannot tell grey. */
  const judge: Judge = {
    verdict: async ({ instruction }, { before, after }) => {
      seen.push(`${instruction}, ${before.rgb[0]} to ${after.rgb[0]}`);
      const shade = after.rgb[0] ?? 0;
      if (shade === 128) return { kind: "unknown", reason: "grey" };
      return { kind: shade > 128 ? "success" : "failure" };
    },
  };

  it("sets a judge's verdicts against what the environment said, and counts its own failures apart", async () => {
    const run = runWith([
      { shade: 200, success: true },
      { shade: 210, success: true },
      { shade: 220, success: false },
      { shade: 10, success: false },
      { shade: 20, success: true },
      { shade: 128, success: true },
      { shade: 250, success: false, ending: "fault" },
    ]);
    seen.length = 0;
    expect(await judgeAgreement(run, judge, 100, () => undefined)).to.deep.equal({
      episodes: 5,
      agreed: 3,
      rate: 0.6,
      interval: wilsonInterval(3, 5),
      success: { judgedSuccess: 2, judgedFailure: 1 },
      failure: { judgedSuccess: 1, judgedFailure: 1 },
      unknown: 1,
      reason: "grey",
    });
    expect(seen).to.include("Shade 200, 0 to 200").and.have.length(6);
  });

  it("judges the latest only where fewer are asked for, and says how far it is", async () => {
    const run = runWith([
      { shade: 200, success: false },
      { shade: 10, success: false },
    ]);
    const told: number[] = [];
    const { episodes, agreed } = await judgeAgreement(run, judge, 1, (done) => told.push(done));
    expect({ episodes, agreed, told }).to.deep.equal({ episodes: 1, agreed: 1, told: [1] });
  });

  it("says so where there is nothing to judge", async () => {
    expect(await rejection(judgeAgreement(at("nowhere"), judge, 9, () => undefined))).to.be.instanceOf(RunFolderError);
  });
});
