import { expect } from "chai";
import { PlainProgress } from "../ts/progress.ts";

describe("PlainProgress", () => {
  it("writes a line when a stretch begins, one every few seconds with the time left, and one at its end", () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new PlainProgress(
      (line) => lines.push(line),
      () => now,
    );
    progress.begin("training", 10, 2);
    for (let completed = 3; completed <= 10; completed++) {
      now += 1500;
      progress.update(completed, `loss ${completed}`);
    }
    progress.say("a remark");
    progress.end();
    progress.end();
    expect(lines).to.deep.equal([
      "training …",
      "training  4/10 · 9.0 s left · loss 4",
      "training  6/10 · 6.0 s left · loss 6",
      "training  8/10 · 3.0 s left · loss 8",
      "training  10/10 · 0.0 s left · loss 10",
      "a remark",
      "training  took 12 s",
    ]);
  });

  it("tells what there is to tell before the first part is through, without a time left", () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new PlainProgress(
      (line) => lines.push(line),
      () => now,
    );
    progress.begin("asking", 10);
    now += 3000;
    progress.update(0);
    progress.update(0, "5 answers");
    expect(lines).to.deep.equal(["asking …", "asking  0/10 · 5 answers"]);
  });

  it("closes the stretch before when another begins", () => {
    const lines: string[] = [];
    const progress = new PlainProgress(
      (line) => lines.push(line),
      () => 0,
    );
    progress.begin("first", 1);
    progress.begin("second", 1);
    expect(lines).to.deep.equal(["first …", "first  took 0.0 s", "second …"]);
  });
});
