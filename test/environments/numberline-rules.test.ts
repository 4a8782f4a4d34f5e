import { expect } from "chai";
import type { Environment } from "../../ts/environments/environment.ts";
import { numberLineFrame } from "../../ts/environments/numberline/frame.ts";
import { numberLine } from "../../ts/environments/numberline/numberline.ts";
import type { NumberLineAction } from "../../ts/environments/numberline/rules.ts";
import { EnvironmentError } from "../../ts/errors.ts";

const NUMBERS = [0, 1, 2, 3, 4, 5];
const STARTS = NUMBERS.flatMap((current) =>
  NUMBERS.filter((target) => target !== current).map((target) => ({ current, target })),
);
const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed);

/** Outcomes written out by hand, as the number after the move and its reward. */
function expectedMove(current: number, target: number, action: NumberLineAction): [current: number, reward: number] {
  if (action === "+") {
    if (current === 5) return [5, -1];
    if (current + 1 === target) return [target, 1];
    return [current + 1, current < target ? 0 : -1];
  }
  if (current === 0) return [0, -1];
  if (current - 1 === target) return [target, 1];
  return [current - 1, current > target ? 0 : -1];
}

describe("NumberLine's rules", () => {
  let environment: Environment<NumberLineAction>;
  beforeEach(() => {
    environment = numberLine.create({ prompt: "full" });
  });

  for (const action of ["-", "+"] as const) {
    it(`moves by ${action} from each of the 30 starts`, async () => {
      expect(STARTS).to.have.length(30);
      for (const start of STARTS) {
        await environment.reset({ seed: 0, options: start });
        const result = await environment.step(action);
        const [current, reward] = expectedMove(start.current, start.target, action);
        const from = `from ${start.current} to ${start.target}`;
        expect(environment.state(), from).to.deep.equal({ current, target: start.target, steps: 1 });
        expect(result.reward, from).to.equal(reward);
        expect(result.terminated, from).to.equal(current === start.target);
        expect(result.truncated, from).to.equal(false);
        expect(result.success, from).to.equal(undefined);
      }
    });
  }

  it("shows the state that its answer describes", async () => {
    for (const start of STARTS) {
      const { image } = await environment.reset({ seed: 0, options: start });
      expect(image).to.equal(numberLineFrame(start));
    }
  });

  it("cuts off after ten steps, and not before", async () => {
    await environment.reset({ seed: 0, options: { current: 0, target: 5 } });
    for (let step = 1; step <= 10; step++) {
      const { terminated, truncated, reward } = await environment.step("-");
      expect([terminated, truncated, reward]).to.deep.equal([false, step === 10, -1]);
    }
  });

  it("has terminated, and was not cut off, when the tenth step reaches the target", async () => {
    await environment.reset({ seed: 0, options: { current: 0, target: 2 } });
    for (let step = 1; step <= 8; step++) await environment.step("-");
    expect(await environment.step("+")).to.include({ terminated: false, truncated: false, reward: 0 });
    expect(await environment.step("+")).to.include({ terminated: true, truncated: false, reward: 1 });
  });

  it("draws each start as often as the reference's formula does, over consecutive seeds", async () => {
    const counts = new Map(STARTS.map(({ current, target }) => [`${current}→${target}`, 0]));
    for (const seed of SEEDS) {
      await environment.reset({ seed });
      const { current, target } = environment.state() as { current: number; target: number };
      counts.set(`${current}→${target}`, (counts.get(`${current}→${target}`) ?? 0) + 1);
    }
    expect(counts).to.have.length(30);
    for (const [start, count] of counts) {
      const [current = 0, target] = start.split("→").map(Number);
      // Equal draws, 1 in 36 for each number, count as (target + 1) mod 5.
      const expected = (SEEDS.length / 36) * ((current + 1) % 5 === target ? 2 : 1);
      const deviation = Math.abs(count - expected) / Math.sqrt(expected);
      expect(deviation, `${start}: ${count} of ${SEEDS.length}`).to.be.below(4);
    }
  });

  it("draws what options leave out, and keeps what they pin", async () => {
    const drawn = new Set<unknown>();
    for (const seed of SEEDS.slice(0, 200)) {
      await environment.reset({ seed, options: { target: 3 } });
      const { current, target } = environment.state() as { current: number; target: number };
      expect(target).to.equal(3);
      drawn.add(current);
    }
    expect([...drawn].sort()).to.deep.equal([0, 1, 2, 4, 5]);
  });

  for (const options of [
    { current: 2, target: 2 },
    { current: 6, target: 2 },
    { current: -1, target: 2 },
    { current: 1.5, target: 2 },
    { current: "1", target: 2 },
    { current: 1, target: 2, step: 1 },
  ]) {
    it(`refuses to start from ${JSON.stringify(options)}, and says what came`, async () => {
      const error = await environment.reset({ seed: 0, options }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(EnvironmentError);
      expect((error as Error).message).to.contain(JSON.stringify(options));
    });
  }
});
