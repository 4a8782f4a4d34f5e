import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { playEpisode, recordedStep, recordObservation, stateFrom } from "../../../ts/conformance/episode-record.ts";
import { TASK_TYPES } from "../../../ts/environments/alfworld/goal.ts";
import { BRIDGES } from "../../../ts/environments/alfworld/hosts/bridges.ts";
import { alfworldThor } from "../../../ts/environments/alfworld/thor.ts";
import type { Environment, Observation } from "../../../ts/environments/environment.ts";
import { EnvironmentError, WorldError } from "../../../ts/errors.ts";
import type { Command } from "../../../ts/parsing/admissible-command.ts";
import type { RandomStream } from "../../../ts/random.ts";
import { rejection } from "../../rejection.ts";
import { describeWithThor } from "./thor-machine.ts";
import { warningsOf } from "./warnings.ts";

const HEATING = "pick_heat_then_place_in_recep-Mug-None-CounterTop-14/trial_T00";
const HEATED = ["go to cabinet 2", "open cabinet 2", "take mug 1 from cabinet 2", "go to microwave 1"];

describeWithThor("alfworld/thor", (machine) => {
  const created: Environment<Command>[] = [];
  function create(settings: Partial<Parameters<typeof alfworldThor.create>[0]> = {}): Environment<Command> {
    const given = { data: machine().data, bridge: "zeromq", ...settings };
    const environment = alfworldThor.create(alfworldThor.settings.parse(given));
    created.push(environment);
    return environment;
  }
  afterEach(() => Promise.all(created.splice(0).map((environment) => environment.close?.())));

  describe("as an environment", function () {
    this.timeout(300_000);
    describeEnvironment({
      definition: alfworldThor,
      // Rooms with three receptacles.
      settings: () => ({
        data: machine().data,
        bridge: "zeromq",
        taskTypes: ["pick_and_place_simple", "look_at_obj_in_light"],
      }),
      actions: soon,
      skip: [
        {
          test: "the same seed gives the same episode, whatever other instances do",
          reason: "thirty instances would be thirty processes: below, with two",
        },
        {
          test: "a second instance goes on exactly from the state as JSON, after every step",
          reason: "an instance a step would be dozens of processes: below, with one",
        },
      ],
    });
  });

  it("plays the same episode from the same seed, whatever another instance does", async () => {
    const [one, other] = [create(), create()];
    const [first] = await Promise.all([playEpisode(one, soon, { seed: 3 }), playEpisode(other, soon, { seed: 4 })]);
    const second = await playEpisode(other, soon, { seed: 3 });
    expect(second.first).to.deep.equal(first.first);
    expect(second.steps).to.deep.equal(first.steps);
  }).timeout(120_000);

  it("goes on exactly from the state as JSON, in another instance", async () => {
    const [one, other] = [create(), create()];
    const { first, steps, states } = await playEpisode(one, soon, { seed: 5 });
    for (const [played, state] of states.entries()) {
      if (played % 5 !== 0 && played !== steps.length) continue;
      const seen = await other.restore(stateFrom(state));
      expect(recordObservation(seen)).to.deep.equal(played === 0 ? first : steps[played - 1]?.observation);
      expect(JSON.stringify(other.state())).to.equal(state);
      const next = steps[played];
      if (next !== undefined) expect((await recordedStep(other, next.action)).record).to.deep.equal(next);
    }
    // The last state is of an episode that is over.
    expect(await rejection(other.step("look"))).to.be.instanceOf(EnvironmentError);
  }).timeout(120_000);

  for (const bridge of BRIDGES) {
    it(`shows what the camera sees, beside text and commands, through ${bridge}`, async () => {
      const environment = create({ bridge, prompt: { text: "{scene}|{task}|{admissible}" } });
      const { prompt, image, admissible = [] } = await environment.reset({ seed: 0, options: { game: HEATING } });
      const [scene, task, listed = ""] = prompt.split("|");
      expect(scene).to.match(/^You are in the middle of a room\. .*you see a cabinet 1, .* and a sinkbasin 1\.$/);
      expect(task).to.match(/^(put a hot mug in|heat some mug and put it in) countertop$/);
      expect(listed.split(", ")).to.deep.equal(admissible).and.to.include("go to microwave 1").and.not.include("help");
      expect(image).to.include({ width: 300, height: 300 });
      // The scripted camera's grey sky, and something else below it.
      expect([...(image?.rgb.slice(0, 3) ?? [])]).to.deep.equal([90, 90, 90]);
      expect([...(image?.rgb.slice(-3) ?? [])]).not.to.deep.equal([90, 90, 90]);
      const { observation } = await environment.step("go to cabinet 2");
      expect(observation.image?.rgb).not.to.deep.equal(image?.rgb);
    }).timeout(60_000);
  }

  it("is won by alfworld's expert in every type of task, and tells AI2-THOR's share of the conditions", async () => {
    const environment = create();
    const kinds = new Map<string | undefined, number>();
    for (let seed = 0; kinds.size < TASK_TYPES.length && seed < 100; seed++) {
      await environment.reset({ seed });
      let last = await environment.step(await expertOf(environment));
      const rates = [last.info.goalConditionRate];
      while (!last.terminated) {
        last = await environment.step(await expertOf(environment));
        rates.push(last.info.goalConditionRate);
      }
      expect(last).to.include({ reward: 51, success: true, truncated: false });
      expect(last.info).to.include({ data: "official", goalConditionRate: 1, worldLosses: 0 });
      kinds.set(last.kind, new Set(rates).size);
    }
    expect([...kinds.keys()].sort()).to.deep.equal([...TASK_TYPES].sort());
    expect(kinds.get("pick_and_place_simple")).to.equal(2);
    expect(kinds.get("pick_heat_then_place_in_recep")).to.equal(3);
  }).timeout(120_000);

  it("takes either wording of moving, and executes the one that is listed", async () => {
    const environment = create();
    await environment.reset({ seed: 0, options: { game: HEATING } });
    for (const command of HEATED.slice(0, 3)) await environment.step(command);
    const { observation, reward } = await environment.step("go to countertop 1");
    expect(reward).to.equal(0);
    const parsed = environment.parse('{"action": "put mug 1 in/on countertop 1"}', observation);
    if (parsed.kind !== "action") throw new Error("not parsed");
    expect(parsed.action).to.equal("move mug 1 to countertop 1");
    const { reward: partly, info } = await environment.step(parsed.action);
    expect(partly).to.be.closeTo(1 / 3, 1e-9);
    expect(info.goalConditionRate).to.equal(partly);
  }).timeout(60_000);

  for (const bridge of BRIDGES) {
    it(`goes on where it was when its Unity is killed in the middle of an episode, through ${bridge}`, async () => {
      const [lost, untouched] = [create({ bridge }), create({ bridge })];
      for (const environment of [lost, untouched]) {
        await environment.reset({ seed: 0, options: { game: HEATING } });
        for (const command of HEATED) await environment.step(command);
        // Whose Unity is killed is the one that is there before the other's.
        if (environment === lost) expect(await unities()).to.have.length(1);
      }
      const all = await unities();
      const [killed] = all;
      process.kill(killed ?? 0, "SIGKILL");
      const { result, warnings } = await warningsOf(() => lost.step("heat mug 1 with microwave 1"));
      const expected = await untouched.step("heat mug 1 with microwave 1");
      expect(recordObservation(result.observation)).to.deep.equal(recordObservation(expected.observation));
      expect(result.info).to.deep.equal({ ...expected.info, worldLosses: 1 });
      expect(expected.info.goalConditionRate).to.be.closeTo(1 / 3, 1e-9);
      expect(warnings[0]).to.match(/^WorldLost: The process of ALFWorld's visual worlds exited with code/);
      await Promise.all([lost.close?.(), untouched.close?.()]);
      expect(await unities()).to.deep.equal([]);
    }).timeout(120_000);
  }

  it("is given up with Unity's last lines where none stays", async () => {
    const environment = create();
    const build = join(machine().home, ".ai2thor/releases/thor-201909061227-Linux64/thor-201909061227-Linux64");
    const working = await readFile(build, "utf8");
    await writeFile(build, "#!/bin/sh\necho 'Desktop is 0 x 0 @ 0 Hz' >&2\nexit 3\n");
    const { result } = await warningsOf(() => rejection(environment.reset({ seed: 0 })));
    await writeFile(build, working);
    expect(result).to.be.instanceOf(WorldError).and.to.include({ code: "lost" });
    expect(result.message).to.match(
      /exited with code 70; its last line: AI2-THOR's Unity exited with 3; given up after 3 times in a row$/,
    );
    expect((result as WorldError).tail).to.include("Desktop is 0 x 0 @ 0 Hz");
    expect((await environment.reset({ seed: 0 })).image).to.include({ width: 300 });
  }).timeout(120_000);

  it("says what its machine lacks, and the mend", async () => {
    const home = process.env.HOME;
    process.env.HOME = "/nowhere";
    try {
      for (const bridge of BRIDGES) {
        const error = await rejection(create({ bridge }).reset({ seed: 0 }));
        expect(error).to.be.instanceOf(WorldError).and.to.include({ code: "start" });
        expect(error.message).to.match(
          /^ALFWorld's visual worlds did not start: .*Unity build: no program at \/nowhere/,
        );
        expect(error.message).to.include("download_binary()").and.not.include("pip install");
      }
    } finally {
      process.env.HOME = home;
    }
  }).timeout(60_000);
});

/** Random, with a liking for what brings an episode to its end. */
function soon({ admissible = [] }: Observation, random: RandomStream): string {
  for (const verb of ["use", "move", "take"]) {
    const fitting = admissible.filter((command) => command.startsWith(`${verb} `));
    if (fitting.length > 0 && random.float() < 0.6) return random.pick(fitting);
  }
  const going = admissible.filter((command) => command.startsWith("go to "));
  return random.pick(random.float() < 0.9 ? going : admissible);
}

async function expertOf(environment: Environment<Command>): Promise<Command> {
  if (environment.expert === undefined) throw new Error("no expert");
  return environment.expert();
}

/** Scripted Unities that this process's children have started, the oldest first. */
async function unities(): Promise<number[]> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,stat=,args="]);
  const rows = stdout.split("\n").flatMap((line) => {
    const [, pid, parent, stat = "", args = ""] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    return stat.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  const isOurs = (pid: number): boolean => {
    const row = rows.find((each) => each.pid === pid);
    return row !== undefined && (row.parent === process.pid || isOurs(row.parent));
  };
  return rows.filter(({ pid, args }) => args.includes("-m scripted_unity ") && isOurs(pid)).map(({ pid }) => pid);
}
