import { expect } from "chai";
import { elevator } from "../../ts/environments/elevator/elevator.ts";
import { elevatorFrame } from "../../ts/environments/elevator/frame.ts";
import type { Environment } from "../../ts/environments/environment.ts";
import { hasSucceeded } from "../../ts/episode.ts";
import { EnvironmentError } from "../../ts/errors.ts";
import { RIDES, type Ride } from "../../ts/parsing/planned-ride.ts";

const FLOORS = [0, 1, 2, 3, 4, 5];
const STARTS = FLOORS.flatMap((lift) => FLOORS.filter((call) => call !== lift).map((call) => ({ lift, call })));
const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed);

describe("the elevator's rules", () => {
  let environment: Environment<Ride>;
  beforeEach(() => {
    environment = elevator.create({ prompt: "full" });
  });

  async function ride(start: { lift: number; call: number }, ...rides: Ride[]) {
    await environment.reset({ seed: 0, options: start });
    let last: unknown;
    for (const each of rides) {
      const { reward, terminated, truncated, success } = await environment.step(each);
      expect(success).to.equal(undefined);
      last = { ...(environment.state() as object), reward, terminated, truncated };
    }
    return last;
  }

  it("knows eleven actions", () => {
    expect(RIDES.join(",")).to.equal("up 1,up 2,up 3,up 4,up 5,down 1,down 2,down 3,down 4,down 5,wait");
  });

  it("moves as told from each of the 30 starts, and stays within the house", async () => {
    expect(STARTS).to.have.length(30);
    for (const start of STARTS) {
      for (const action of RIDES) {
        const floors = action === "wait" ? 0 : Number(action.at(-1)) * (action.startsWith("up") ? 1 : -1);
        const lift = [0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5][5 + start.lift + floors] ?? Number.NaN;
        const isNearer = Math.abs(start.call - lift) < Math.abs(start.call - start.lift);
        const terminated = lift === start.call;
        expect(await ride(start, action), `${JSON.stringify(start)} ${action}`).to.deep.equal({
          lift,
          call: start.call,
          steps: 1,
          reward: terminated ? 1 : isNearer ? 0 : -1,
          terminated,
          truncated: false,
        });
      }
    }
  });

  for (const [what, start, rides, lift, reward] of [
    ["arrives", { lift: 1, call: 4 }, ["up 3"], 4, 1],
    ["arrives at the edge that stops it", { lift: 3, call: 5 }, ["up 4"], 5, 1],
    ["comes nearer", { lift: 5, call: 1 }, ["down 2"], 3, 0],
    ["comes nearer beyond the call", { lift: 0, call: 3 }, ["up 4"], 4, 0],
    ["goes as far beyond the call as it was before it", { lift: 0, call: 2 }, ["up 4"], 4, -1],
    ["goes the wrong way", { lift: 2, call: 1 }, ["up 1"], 3, -1],
    ["is stopped at once", { lift: 5, call: 1 }, ["up 4"], 5, -1],
    ["waits", { lift: 2, call: 1 }, ["wait"], 2, -1],
  ] as const) {
    it(`gives ${reward} where the lift ${what}`, async () => {
      expect(await ride(start, ...rides)).to.include({ lift, reward, terminated: reward === 1 });
    });
  }

  it("counts an episode as solved when its return is positive: one step that is none fails it", () => {
    expect([1, 0 + 1, -1 + 1].map((total) => hasSucceeded(undefined, total))).to.deep.equal([true, true, false]);
  });

  it("cuts off after six steps, and not before", async () => {
    await environment.reset({ seed: 0, options: { lift: 0, call: 5 } });
    for (let step = 1; step <= 6; step++) {
      expect(await environment.step("wait")).to.include({ terminated: false, truncated: step === 6, reward: -1 });
    }
  });

  it("has terminated, and was not cut off, when the sixth step arrives", async () => {
    const waits = Array.from({ length: 5 }, (): Ride => "wait");
    expect(await ride({ lift: 4, call: 0 }, ...waits, "down 4")).to.include({ terminated: true, truncated: false });
  });

  it("shows the state that its answer describes", async () => {
    for (const start of STARTS) {
      const { image } = await environment.reset({ seed: 0, options: start });
      expect(image).to.equal(elevatorFrame(start));
    }
  });

  it("tells in its prompt what it asks for", async () => {
    const { prompt } = await environment.reset({ seed: 0 });
    for (const key of ["lift", "call", "thoughts", "plan", "action"]) expect(prompt).to.contain(`"${key}": `);
    expect((await elevator.create({ prompt: "brief" }).reset({ seed: 0 })).prompt).to.equal(
      "Bring the lift to the call. Answer in JSON.",
    );
  });

  it("draws each start equally often, over consecutive seeds", async () => {
    const counts = new Map(STARTS.map(({ lift, call }) => [`${lift}→${call}`, 0]));
    for (const seed of SEEDS) {
      await environment.reset({ seed });
      const { lift, call } = environment.state() as { lift: number; call: number };
      counts.set(`${lift}→${call}`, (counts.get(`${lift}→${call}`) ?? 0) + 1);
    }
    expect(counts).to.have.length(30);
    const expected = SEEDS.length / 30;
    for (const [start, count] of counts) expect(count, start).to.be.closeTo(expected, 4 * Math.sqrt(expected));
  });

  it("draws what options leave out, and keeps what they pin", async () => {
    const [lifts, calls] = [new Set<unknown>(), new Set<unknown>()];
    for (const seed of SEEDS.slice(0, 200)) {
      await environment.reset({ seed, options: { call: 3 } });
      expect(environment.state()).to.include({ call: 3 });
      lifts.add((environment.state() as { lift: number }).lift);
      await environment.reset({ seed, options: { lift: 0 } });
      expect(environment.state()).to.include({ lift: 0 });
      calls.add((environment.state() as { call: number }).call);
    }
    expect([...lifts].sort()).to.deep.equal([0, 1, 2, 4, 5]);
    expect([...calls].sort()).to.deep.equal([1, 2, 3, 4, 5]);
  });

  for (const options of [
    { lift: 2, call: 2 },
    { lift: 6, call: 2 },
    { lift: -1, call: 2 },
    { lift: 1.5, call: 2 },
    { lift: "1", call: 2 },
    { lift: 1, call: 2, floor: 1 },
  ]) {
    it(`refuses to start from ${JSON.stringify(options)}, and says what came`, async () => {
      const error = await environment.reset({ seed: 0, options }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(EnvironmentError);
      expect((error as Error).message).to.contain(JSON.stringify(options));
    });
  }

  it("refuses actions that are none", async () => {
    await environment.reset({ seed: 0 });
    for (const action of ["go", "up", "up 0", "up 6", "up  1", "UP 1", "1"]) {
      const error = await environment.step(action as Ride).catch((thrown: unknown) => thrown);
      expect(error, action).to.be.instanceOf(EnvironmentError).with.property("message").that.contains(`"${action}"`);
    }
  });
});
