import { expect } from "chai";
import { describeEnvironment } from "../../../../ts/conformance/describe-environment.ts";
import { listGames, readNotes } from "../../../../ts/environments/alfworld/games.ts";
import { poolOf } from "../../../../ts/environments/alfworld/hosts/bridges.ts";
import type { Turn } from "../../../../ts/environments/alfworld/hosts/calls.ts";
import { nameOf, type Scene, visibleScene } from "../../../../ts/environments/alfworld/schematic/scene.ts";
import { alfworldText } from "../../../../ts/environments/alfworld/text.ts";
import type { Observation } from "../../../../ts/environments/environment.ts";
import { RandomStream } from "../../../../ts/random.ts";
import { describeWithGames } from "../games.ts";

type AlfworldTextSettings = Parameters<typeof alfworldText.create>[0];

describeWithGames("alfworld/text with its schematic view", (data) => {
  const settings = () => ({ data: data(), bridge: "zeromq", view: "schematic", prompt: "full" });
  const create = (given: Partial<AlfworldTextSettings> = {}) =>
    alfworldText.create(alfworldText.settings.parse({ ...settings(), ...given }));

  describe("as an environment", function () {
    this.timeout(120_000);
    describeEnvironment({
      definition: alfworldText,
      settings,
      actions: ({ admissible = [] }, random) => random.pick(admissible),
    });
  });

  it("names its view, and shows images where there is one", async () => {
    for (const view of ["none", "schematic"] as const) {
      const environment = create({ view });
      const { image } = await environment.reset({ seed: 0 });
      const { info } = await environment.step("look");
      expect(environment.spec.showsImages).to.equal(view === "schematic");
      expect(image !== undefined).to.equal(view === "schematic");
      expect(info).to.include({ view });
      await environment.close?.();
    }
  });

  it("shows what the game's own text tells of a place, a room and the hand", async () => {
    const compared = { room: 0, closed: 0, seen: 0, hand: 0 };
    const world = poolOf("zeromq", 16).world();
    const random = new RandomStream(3);
    for (const split of ["train", "valid_unseen"] as const) {
      for (const { file } of await listGames(data(), split)) {
        let turn = await world.reset(file);
        for (let step = 0; step < 40; step++) {
          compare(turn, visibleScene(turn.facts), compared);
          turn = await world.step(random.pick(turn.admissible));
        }
      }
    }
    await world.close();
    for (const [what, count] of Object.entries(compared)) expect(count, what).to.be.above(5);
  }).timeout(120_000);

  it("looks the same after heating, cooling and cleaning, and another way after all else that changes", async () => {
    const environment = create();
    const seen = { same: new Set<string>(), other: new Set<string>() };
    for (const game of await listGames(data(), "train")) {
      let last = await environment.reset({ seed: 0, options: { game: game.name } });
      for (const command of (await readNotes(game)).walkthrough ?? []) {
        const { observation } = await environment.step(command);
        const verb = command.split(" ", 1)[0] ?? "";
        seen[isSamePicture(last, observation) ? "same" : "other"].add(verb);
        last = observation;
      }
    }
    await environment.close?.();
    expect([...seen.same].sort()).to.deep.equal(["clean", "cool", "heat"]);
    expect(seen.other).to.include.keys("go", "take", "move", "use");
    for (const verb of seen.same) expect(seen.other).not.to.include(verb);
  }).timeout(60_000);
});

function isSamePicture({ image: one }: Observation, { image: other }: Observation): boolean {
  if (one === undefined || other === undefined) throw new Error("no image");
  return Buffer.compare(one.rgb, other.rgb) === 0;
}

/** Holds the scene against whatever the turn's text happens to tell, and counts it by its kind. */
function compare({ text }: Turn, scene: Scene, compared: Record<"room" | "closed" | "seen" | "hand", number>): void {
  // A second look there tells nothing.
  const room = /Looking quickly around you, you see (.+)\.$/m.exec(text)?.[1];
  if (room !== undefined && room !== "nothing" && scene.kind === "room") {
    expect(scene.receptacles.map(nameOf).sort()).to.deep.equal(listed(room));
    compared.room += 1;
  }
  const hand = /You are carrying: (.+)\.$/m.exec(text)?.[1];
  if (hand !== undefined) {
    expect(scene.carried && nameOf(scene.carried)).to.equal(listed(hand)[0]);
    compared.hand += 1;
  }
  if (text.includes("You are not carrying anything")) expect(scene.carried).to.equal(null);
  if (scene.kind === "room") return;
  const place = (name: string | undefined) => scene.places.find((each) => nameOf(each) === name);
  const closed = /The ([a-z]+ \d+) is closed\./.exec(text)?.[1];
  if (closed !== undefined) {
    expect(place(closed)?.access, text).to.equal("closed");
    compared.closed += 1;
  }
  const [, name, objects = ""] = /On the ([a-z]+ \d+), you see (.+?)\.$/m.exec(text) ?? openedIn(text);
  if (name === undefined) return;
  expect(place(name)?.objects?.map(nameOf).sort(), text).to.deep.equal(listed(objects));
  compared.seen += 1;
}

function openedIn(text: string): readonly string[] {
  return /The ([a-z]+ \d+) is open\. In it, you see (.+?)\.$/m.exec(text) ?? [];
}

/** `a mug 1, and a pen 2`; `nothing` is none. */
function listed(things: string): string[] {
  return [...things.matchAll(/([a-z]+ \d+)/g)].map(([name]) => name).sort();
}
