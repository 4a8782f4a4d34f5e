import { expect } from "chai";
import { execa } from "execa";
import { listGames } from "../../../ts/environments/alfworld/games.ts";
import type { Host } from "../../../ts/environments/alfworld/hosts/host.ts";
import { WorldPool } from "../../../ts/environments/alfworld/hosts/pool.ts";
import { startPythoniaHost } from "../../../ts/environments/alfworld/hosts/pythonia-host.ts";
import { startZeromqHost } from "../../../ts/environments/alfworld/hosts/zeromq-host.ts";
import { WorldError } from "../../../ts/errors.ts";
import { rejection } from "../../rejection.ts";
import { describeWithGames } from "./games.ts";
import { warningsOf } from "./warnings.ts";

/** A pool whose hosts are known. */
function watched(start: () => Promise<Host>, worldsPerHost = 2): { pool: WorldPool; hosts: Host[] } {
  const hosts: Host[] = [];
  const pool = new WorldPool(async () => {
    const host = await start();
    hosts.push(host);
    return host;
  }, worldsPerHost);
  return { pool, hosts };
}

/** The Python of a host: itself, or the child of the Node process that it is. */
async function pythonOf(host: Host | undefined): Promise<number> {
  const { stdout } = await execa("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const rows = stdout.split("\n").map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
  const own = rows.find((row) => row?.[1] === String(host?.pid) && row[3]?.includes("coso_alfworld") === true);
  const child = rows.find((row) => row?.[2] === String(host?.pid));
  return Number((own ?? child)?.[1]);
}

async function isAlive(pid: number): Promise<boolean> {
  const { stdout } = await execa("ps", ["-o", "stat=", "-p", String(pid)], { reject: false });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

describeWithGames("worlds of ALFWorld", (data) => {
  for (const [name, start] of [
    ["pythonia", startPythoniaHost],
    ["zeromq", startZeromqHost],
  ] as const) {
    it(`are brought back to where they were when their Python is killed, through ${name}`, async () => {
      const { pool, hosts } = watched(start);
      const [game] = await listGames(data(), "train");
      const [lost, untouched] = [pool.world(), pool.world()];
      const file = game?.file ?? "";
      for (const world of [lost, untouched]) await world.reset(file);
      const plan = await untouched.plan();
      for (const command of plan.slice(0, 2)) {
        await lost.step(command);
        await untouched.step(command);
      }
      const killed = await pythonOf(hosts[0]);
      process.kill(killed, "SIGKILL");
      const { result, warnings } = await warningsOf(() => lost.step(plan[2] ?? ""));
      expect(result).to.deep.equal(await untouched.step(plan[2] ?? ""));
      expect(lost.losses).to.equal(1);
      expect(warnings[0]).to.match(/^WorldLost: The process of ALFWorld's text worlds (was ended|exited)/);
      for (const command of plan.slice(3)) {
        await lost.step(command);
        await untouched.step(command);
      }
      expect((await untouched.step("look")).won).to.equal(true);

      const pids = await Promise.all(hosts.map(pythonOf));
      await Promise.all([lost.close(), untouched.close()]);
      for (const pid of [killed, ...pids.filter(Number.isInteger)])
        expect(await isAlive(pid), `${pid}`).to.equal(false);
    }).timeout(60_000);
  }

  it("share processes, and the last of a process ends it", async () => {
    const { pool, hosts } = watched(startZeromqHost, 2);
    const [game] = await listGames(data(), "train");
    const worlds = [pool.world(), pool.world(), pool.world()];
    await Promise.all(worlds.map((world) => world.reset(game?.file ?? "")));
    expect(hosts).to.have.length(2);
    const numAlive = async () => (await Promise.all(hosts.map(({ pid }) => isAlive(pid ?? 0)))).filter(Boolean).length;
    expect(await numAlive()).to.equal(2);
    await worlds[2]?.close();
    expect(await numAlive()).to.equal(1);
    await worlds[0]?.close();
    expect((await worlds[1]?.step("look"))?.won).to.equal(false);
    await worlds[1]?.close();
    expect(await numAlive()).to.equal(0);
  }).timeout(60_000);

  it("say what a game's file lacks, and play on", async () => {
    const { pool } = watched(startZeromqHost);
    const world = pool.world();
    const refused = await rejection(world.reset(`${data()}/logic/alfred.pddl`));
    expect(refused).to.be.instanceOf(WorldError).and.to.have.property("code", "refused");
    expect(refused.message).to.include("bad-game");
    const [game] = await listGames(data(), "train");
    expect((await world.reset(game?.file ?? "")).won).to.equal(false);
    await world.close();
  }).timeout(60_000);
});

describe("a world whose process dies each time", () => {
  it("is given up after three losses in a row", async () => {
    let starts = 0;
    const start = (): Promise<Host> => {
      starts += 1;
      const lost = () => Promise.reject(new WorldError("lost", "gone"));
      return Promise.resolve({ pid: undefined, call: lost, stop: () => Promise.resolve() });
    };
    const { result } = await warningsOf(() => rejection(new WorldPool(start, 1).world().reset("game")));
    expect(result).to.be.instanceOf(WorldError).and.to.have.property("code", "lost");
    expect(result.message).to.equal("gone; given up after 3 times in a row");
    expect(starts).to.equal(3);
  });

  it("says what is missing where no process starts", async () => {
    const start = (): Promise<Host> => Promise.reject(new WorldError("start", "no alfworld"));
    const error = await rejection(new WorldPool(start, 1).world().reset("game"));
    expect(error).to.have.property("code", "start");
  });
});
