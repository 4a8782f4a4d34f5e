import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { listGames } from "../../../ts/environments/alfworld/games.ts";
import { type GenerationRequest, generateGames } from "../../../ts/environments/alfworld/generation.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { describeWithAlfworld } from "./games.ts";

describeWithAlfworld("generateGames", () => {
  const folder = temporaryFolder();
  const request = (root: string, games = 3): GenerationRequest => ({
    root: folder(root),
    splits: ["train", "valid_seen"],
    games,
    seed: 4,
    size: "small",
    jobs: 2,
  });

  it("writes games of each split, counts them, and gives the same games for the same seed", async () => {
    const counted: string[] = [];
    const generated = await generateGames({
      ...request("one"),
      onGame: (written, total) => counted.push(`${written}/${total}`),
    });
    expect(generated).to.include({ written: 6, found: 0, root: folder("one") });
    expect(generated.meanPlan).to.be.within(3, 15);
    expect(counted).to.deep.equal(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    await generateGames({ ...request("other"), jobs: 1 });
    expect(await contents(folder("other"))).to.deep.equal(await contents(folder("one")));
  }).timeout(60_000);

  it("writes what is missing, and keeps what is there", async () => {
    await generateGames(request("rest"));
    const before = await contents(folder("rest"));
    const [lost] = await listGames(folder("rest"), "train");
    await rm(join(lost?.file ?? "", ".."), { recursive: true });
    expect(await generateGames(request("rest"))).to.include({ written: 1, found: 5 });
    expect(await contents(folder("rest"))).to.deep.equal(before);
    expect(await generateGames(request("rest", 4))).to.include({ written: 2, found: 6 });
  }).timeout(60_000);

  it("takes no game that was not finished for one", async () => {
    await generateGames(request("unfinished", 1));
    const [game] = await listGames(folder("unfinished"), "train");
    const trial = join(game?.file ?? "", "..");
    await cp(trial, join(trial, "..", ".trial_T4_small_00001"), { recursive: true });
    expect(await listGames(folder("unfinished"), "train")).to.deep.equal([game]);
    expect(await generateGames(request("unfinished", 2))).to.include({ written: 2, found: 2 });
  }).timeout(60_000);

  it("stops when it is asked to, and leaves whole games behind", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopped = await generateGames({
      ...request("stopped", 50),
      signal: stop.signal,
      onGame: (written) => {
        if (written === 2) stop.abort(reason);
      },
    }).catch((error: unknown) => error);
    expect(stopped).to.equal(reason);
    const games = await listGames(folder("stopped"), "train");
    expect(games.length).to.be.within(1, 10);
    for (const { file } of games)
      expect((await readdir(join(file, ".."))).sort()).to.deep.equal(["game.tw-pddl", "traj_data.json"]);
  }).timeout(60_000);
});

/** Every game's text by its name. */
async function contents(root: string): Promise<Record<string, string>> {
  const games = [...(await listGames(root, "train")), ...(await listGames(root, "valid_seen"))];
  return Object.fromEntries(
    await Promise.all(games.map(async ({ name, file }) => [name, await readFile(file, "utf8")])),
  );
}
