import { expect } from "chai";
import { execa } from "execa";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { listGames, readNotes } from "../../../ts/environments/alfworld/games.ts";
import { TASK_TYPES } from "../../../ts/environments/alfworld/goal.ts";
import { BRIDGES } from "../../../ts/environments/alfworld/hosts/bridges.ts";
import { alfworldText } from "../../../ts/environments/alfworld/text.ts";
import type { Environment } from "../../../ts/environments/environment.ts";
import { EnvironmentError } from "../../../ts/errors.ts";
import type { Command } from "../../../ts/parsing/admissible-command.ts";
import { RandomStream } from "../../../ts/random.ts";
import { rejection } from "../../rejection.ts";
import { describeWithGames } from "./games.ts";

type AlfworldTextSettings = Parameters<typeof alfworldText.create>[0];

describeWithGames("alfworld/text", (data) => {
  function create(settings: Partial<AlfworldTextSettings> = {}) {
    return alfworldText.create(alfworldText.settings.parse({ data: data(), bridge: "zeromq", ...settings }));
  }

  describe("as an environment", function () {
    this.timeout(120_000);
    describeEnvironment({
      definition: alfworldText,
      settings: () => ({ data: data(), bridge: "zeromq" }),
      actions: ({ admissible = [] }, random) => random.pick(admissible),
    });
  });

  it("plays the same episode through every bridge", async () => {
    const transcripts = BRIDGES.map(async (bridge) => {
      const environment = create({ bridge });
      const random = new RandomStream(7);
      const seen = [await environment.reset({ seed: 5 })];
      for (let step = 0; step < 20; step++) {
        const { observation } = await environment.step(random.pick(seen.at(-1)?.admissible ?? []));
        seen.push(observation);
      }
      await environment.close?.();
      return seen;
    });
    const [first, ...others] = await Promise.all(transcripts);
    for (const other of others) expect(other).to.deep.equal(first);
  }).timeout(60_000);

  it("is won by the expert in every type of task, with 50 on top of the conditions, and tells the type", async () => {
    const environment = create();
    const kinds = new Set<string | undefined>();
    for (const game of await listGames(data(), "train")) {
      await environment.reset({ seed: 0, options: { game: game.name } });
      let last = await environment.step(await expertOf(environment));
      while (!last.terminated) last = await environment.step(await expertOf(environment));
      expect(last).to.include({ reward: 51, success: true, truncated: false });
      expect(last.info).to.include({ game: game.name, data: "synthetic", goalConditionRate: 1, worldLosses: 0 });
      kinds.add(last.kind);
    }
    expect([...kinds].sort()).to.deep.equal([...TASK_TYPES].sort());
    await environment.close?.();
  }).timeout(60_000);

  it("asks the planner where its game has left the way that the game's file knows", async () => {
    const environment = create();
    await environment.reset({ seed: 1 });
    await environment.step("look");
    await environment.step("inventory");
    let last = await environment.step(await expertOf(environment));
    while (!last.terminated) last = await environment.step(await expertOf(environment));
    expect(last.success).to.equal(true);
    await environment.close?.();
  }).timeout(60_000);

  it("takes 1 off for a command that stands in for none, and ends an episode without success after 50", async () => {
    const environment = create();
    await environment.reset({ seed: 0 });
    expect(await environment.step("look")).to.include({ reward: 0 });
    let last = await environment.step({ instead: "look" });
    expect(last).to.include({ reward: -1, terminated: false, truncated: false });
    for (let step = 3; step <= 50; step++) last = await environment.step("inventory");
    expect(last).to.include({ truncated: true, terminated: false, success: false });
    await environment.close?.();
  });

  it("tells scene, task and admissible commands apart, without the game's help", async () => {
    const environment = create({ prompt: { text: "{scene}|{task}|{admissible}" } });
    const { prompt, admissible = [] } = await environment.reset({ seed: 2 });
    const [scene = "", task = "", listed = ""] = prompt.split("|");
    expect(scene).to.match(/^You are in the middle of a room\. Looking quickly around you, you see .+\.$/);
    expect(task).to.match(/^[a-z ]+$/);
    expect(listed.split(", ")).to.deep.equal(admissible).and.to.not.include("help");
    await environment.close?.();
  });

  it("asks in its own wordings by name as by their text", async () => {
    for (const name of alfworldText.prompt?.names ?? []) {
      const prompt = name as AlfworldTextSettings["prompt"];
      const text = alfworldText.prompt?.template(alfworldText.settings.parse({ prompt })) ?? "";
      const environments = [create({ prompt }), create({ prompt: { text } })];
      const [named, given] = await Promise.all(environments.map((environment) => environment.reset({ seed: 3 })));
      expect(given?.prompt).to.equal(named?.prompt);
      expect(named?.prompt).to.include(named?.admissible?.join(", "));
      await Promise.all(environments.map((environment) => environment.close?.()));
    }
  }).timeout(60_000);

  it("plays only tasks of the types that are asked for, drawn by the seed", async () => {
    const environment = create({ taskTypes: ["look_at_obj_in_light"], prompt: { text: "{scene}{task}{admissible}" } });
    for (const seed of [0, 1, 2]) {
      expect((await environment.reset({ seed })).prompt).to.match(/desklamp/);
    }
    await environment.close?.();
  });

  it("plays other games in rooms that training never sees", async () => {
    const scenes = async (split: "train" | "valid_unseen") =>
      (await listGames(data(), split)).map(({ name }) => Number(name.split("/")[0]?.split("-").at(-1)) % 100);
    for (const scene of await scenes("valid_unseen")) expect(scene).to.be.within(1, 6);
    for (const scene of await scenes("train")) expect(scene).to.be.within(7, 30);
  });

  it("draws the same game from the same seed, and says which games there are not", async () => {
    const environment = create();
    const unknown = await rejection(environment.reset({ seed: 0, options: { game: "none" } }));
    expect(unknown).to.be.instanceOf(EnvironmentError);
    expect(unknown.message).to.include('got {"game":"none"}: no such game in');
    const nowhere = create({ data: "/nowhere" });
    expect((await rejection(nowhere.reset({ seed: 0 }))).message).to.include("coso alfworld generate");
    await environment.close?.();
  });

  it("reads what a game's files tell, and names the file that is none", async () => {
    const [game] = await listGames(data(), "train");
    if (game === undefined) throw new Error("no game");
    const { isSolvable, walkthrough, source } = await readNotes(game);
    expect({ isSolvable, source }).to.deep.equal({ isSolvable: true, source: "synthetic" });
    expect(walkthrough).to.have.length.above(2);
    const error = await rejection(readNotes({ ...game, file: `${data()}/logic/alfred.pddl` }));
    expect(error.message).to.include("alfred.pddl: expected a game");
  });

  it("costs no more than 100 MB a world, and leaks nothing in 200 episodes of random play in 8 worlds", async () => {
    const environments = Array.from({ length: 8 }, () => create());
    const random = new RandomStream(0);
    const playAll = async (episodes: number) => {
      for (let round = 0; round < episodes / environments.length; round++) {
        await Promise.all(
          environments.map(async (environment) => {
            let { admissible = [] } = await environment.reset({ seed: random.seed() });
            for (let isOver = false; !isOver; ) {
              const { observation, terminated, truncated } = await environment.step(random.pick(admissible));
              admissible = observation.admissible ?? [];
              isOver = terminated || truncated;
            }
          }),
        );
      }
      return residentBytes();
    };
    const before = await playAll(48);
    const after = await playAll(152);
    expect(after).to.be.below(1.1 * before);
    expect(after / environments.length).to.be.below(100e6);
    await Promise.all(environments.map((environment) => environment.close?.()));
  }).timeout(120_000);
});

async function expertOf(environment: Environment<Command>): Promise<Command> {
  if (environment.expert === undefined) throw new Error("no expert");
  return environment.expert();
}

/** Resident memory of this process's children that play worlds. */
async function residentBytes(): Promise<number> {
  const { stdout } = await execa("ps", ["-A", "-o", "ppid=,rss=,args="]);
  const rows = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  return rows
    .filter((row) => row?.[1] === String(process.pid) && row[3]?.includes("-m coso_alfworld") === true)
    .reduce((sum, row) => sum + 1024 * Number(row?.[2]), 0);
}
