import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import { miniwob } from "../../../ts/environments/miniwob/miniwob.ts";
import type { WebEpisodes } from "../../../ts/environments/miniwob/web-episodes.ts";
import { DeviceError } from "../../../ts/errors.ts";
import type { PhoneAction, ScreenPoint } from "../../../ts/parsing/phone-action.ts";
import type { RandomStream } from "../../../ts/random.ts";
import { imageName } from "../../../ts/runs/image-store.ts";
import { rejection } from "../../rejection.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { describeWithMiniwob } from "./browser-tests.ts";

/** A place by the page's pixels. */
const at = (x: number, y: number): ScreenPoint => ({ x: x / 160, y: y / 210 });
const tap = (x: number, y: number): PhoneAction => ({ type: "DUAL_POINT", touch: at(x, y), lift: at(x, y) });
const swipe = (from: readonly [number, number], to: readonly [number, number]): PhoneAction => ({
  type: "DUAL_POINT",
  touch: at(...from),
  lift: at(...to),
});

const someAction = (random: RandomStream): PhoneAction => {
  const somewhere = () => [random.float() * 160, 50 + random.float() * 160] as const;
  return random.pick<PhoneAction>([
    tap(...somewhere()),
    swipe(somewhere(), somewhere()),
    { type: "TYPE", text: "Ada 12" },
    { type: "PRESS_ENTER" },
    { type: "PRESS_BACK" },
    { type: "IDLE" },
  ]);
};

describeWithMiniwob("miniwob", () => {
  // With animations, sliders, text to select and pages to scroll: where pictures could differ.
  describeEnvironment<PhoneAction>({
    id: "miniwob",
    settings: { tasks: ["click-collapsible-2", "use-slider", "highlight-text", "choose-date-medium"], horizon: 4 },
    actions: (_, random) => someAction(random),
  });

  describe("with labelled elements", () => {
    describeEnvironment<PhoneAction>({
      id: "miniwob",
      settings: { tasks: ["use-slider"], horizon: 2, format: "appagent" },
      actions: (_, random) => someAction(random),
    });
  });

  const folder = temporaryFolder();
  const opened: WebEpisodes[] = [];
  const create = (settings: object = {}): WebEpisodes => {
    const environment = miniwob.create(miniwob.settings.parse(settings)) as WebEpisodes;
    opened.push(environment);
    return environment;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((environment) => environment.close()));
  });

  /** Plays a task's episode from `seed` by these actions; they are to end it. */
  async function played(task: string, seed: number, actions: readonly PhoneAction[]) {
    const environment = create({ tasks: [task] });
    await environment.reset({ seed });
    for (const action of actions) {
      const { reward, terminated, truncated, success, fault } = await environment.step(action);
      if (terminated || truncated || fault !== undefined) return { reward, terminated, success };
    }
    throw new Error("the episode still runs");
  }
  const won = { reward: 1, terminated: true, success: true };
  const lost = { reward: -1, terminated: true, success: false };

  it("asks what the page asks, of the task's area alone", async () => {
    const { prompt, image } = await create().reset({ seed: 0 });
    expect(prompt).to.equal('Previous Actions: Goal: Click on the "okay" button.');
    expect([image?.width, image?.height]).to.deep.equal([160, 210]);
    const large = await create({ pixelRatio: 2 }).reset({ seed: 0 });
    expect([large.image?.width, large.image?.height]).to.deep.equal([320, 420]);
  });

  it("ends an episode with the raw reward, a success above 0, and shows how it ended", async () => {
    expect(await played("click-button", 0, [tap(20, 73)])).to.deep.equal(won);
    expect(await played("click-button", 0, [tap(20, 115)])).to.deep.equal(lost);
    const environment = create();
    const first = await environment.reset({ seed: 0 });
    const { observation, kind } = await environment.step(tap(20, 115));
    expect(kind).to.equal("click-button");
    const [before, after] = [first.image, observation.image].map((image) => image?.rgb.slice(0, 3));
    expect(after).to.deep.equal(before);
  });

  it("types into what was tapped, drags what can be dragged, and submits", async () => {
    const typed = [tap(80, 74), { type: "TYPE", text: "Myron" } as const, tap(60, 120)];
    expect(await played("enter-text", 3, typed)).to.deep.equal(won);
    expect(await played("enter-text", 3, typed.slice(1))).to.deep.equal(lost);
    expect(await played("drag-box", 0, [swipe([27, 68], [83, 107]), tap(49, 172)])).to.deep.equal(won);
  });

  it("scrolls what scrolls under a swipe, as a finger does, and selects text elsewhere", async () => {
    const up = swipe([80, 150], [80, 60]);
    expect(await played("scroll-text-2", 2, [up, up, up, up, tap(50, 180)])).to.deep.equal(won);
    expect(await played("scroll-text-2", 2, [tap(50, 180)])).to.deep.equal(lost);
    expect(await played("highlight-text", 0, [swipe([12, 108], [150, 108]), tap(50, 72)])).to.deep.equal(won);
    const environment = create({ tasks: ["scroll-text"] });
    const pictures = [(await environment.reset({ seed: 4 })).image];
    for (const action of [swipe([80, 140], [80, 80]), swipe([80, 80], [80, 140])]) {
      pictures.push((await environment.step(action)).observation.image);
    }
    const [first, scrolled, back] = pictures.map((image) => image && imageName(image));
    expect(scrolled).not.to.equal(first);
    expect(back).to.equal(first);
  });

  /** What is numbered at the start of a task's episode. */
  async function labelled(task: string, seed: number) {
    const environment = create({ tasks: [task], format: "appagent" });
    const observation = await environment.reset({ seed });
    return { environment, observation, elements: observation.elements ?? [] };
  }

  it("numbers controls, what listens itself and what can be dragged, and nothing of the instruction", async () => {
    const told = async (task: string) =>
      (await labelled(task, 3)).elements.map(({ text, can }) => [text, ...can].join(" "));
    expect(await told("enter-text")).to.deep.equal([" tap type", "Submit tap"]);
    expect(await told("click-checkboxes")).to.satisfy((all: string[]) => all.every((each) => /^\w+ tap$/.test(each)));
    expect(await told("click-color")).to.have.length(4);
    expect(await told("tic-tac-toe")).to.have.length(9);
    expect(await told("scroll-text"))
      .to.deep.include(" tap type")
      .and.to.include("Submit tap");
    expect((await told("use-slider")).some((each) => each.includes("swipe"))).to.equal(true);
  });

  it("is won by calls on numbers, each of which touches what it stands for", async () => {
    for (const task of ["click-button", "click-link", "click-tab"]) {
      for (const seed of [0, 1]) {
        const { environment, observation, elements } = await labelled(task, seed);
        const goal = observation.prompt.split("Goal: ")[1]?.split("\n")[0] ?? "";
        const wanted = /"(.*?)"|(Tab #\d)/.exec(goal)?.slice(1).find(Boolean);
        const call = `Action: tap(${elements.findIndex(({ text }) => text === wanted) + 1})`;
        const parse = environment.parse(call, observation);
        if (parse.kind === "invalid") throw new Error(`${goal}: ${JSON.stringify(elements)}`);
        expect(await environment.step(parse.action), goal).to.include({ reward: 1, success: true });
        await environment.close();
      }
    }
  });

  it("holds what is held for a second on the page's clock", async () => {
    for (let seed = 0; ; seed++) {
      const { environment, observation, elements } = await labelled("button-delay", seed);
      if (!observation.prompt.includes("wait 2 seconds")) continue;
      const number = (text: string) => elements.findIndex((each) => each.text === text) + 1;
      let last: unknown;
      // Half a second behind each of the first two, and the second that the finger stays.
      for (const call of [`tap(${number("ONE")})`, "back()", `long_press(${number("TWO")})`]) {
        const parse = environment.parse(`Action: ${call}`, observation);
        if (parse.kind === "invalid") throw new Error(`${call}: ${JSON.stringify(elements)}`);
        last = await environment.step(parse.action);
      }
      expect(last).to.include({ reward: 1, success: true });
      return;
    }
  });

  it("explains no keys that a page does not have", async () => {
    const { prompt } = (await labelled("click-button", 0)).observation;
    expect(prompt)
      .to.include("enter()")
      .and.not.match(/back\(\)|home\(\)/);
    expect(prompt).to.include('Goal: Click on the "okay" button.\n');
  });

  it("lets time pass on the page's clock with actions alone", async () => {
    const [one, two] = [tap(30, 139), tap(82, 178)];
    const wait: PhoneAction = { type: "PRESS_BACK" };
    expect(await played("button-delay", 0, [one, wait, two])).to.deep.equal(won);
    // Half a second too early.
    expect(await played("button-delay", 0, [one, two])).to.deep.equal({ ...won, reward: 0.35 });
  });

  it("ends with 0 where the agent gives up, and cuts off at the horizon", async () => {
    const ended = { reward: 0, terminated: true, success: false };
    expect(await played("click-button", 0, [{ type: "STATUS_TASK_COMPLETE" }])).to.deep.equal(ended);
    const environment = create({ horizon: 1 });
    await environment.reset({ seed: 0 });
    expect(await environment.step({ type: "IDLE" })).to.include({ reward: 0, terminated: false, truncated: true });
  });

  it("goes through its tasks with seeds in a row, and takes one by name", async () => {
    const environment = create({ tasks: ["click-test", "focus-text"] });
    const asked = [];
    for (const seed of [0, 1, 2]) asked.push((await environment.reset({ seed })).prompt.split("Goal: ")[1]);
    asked.push((await environment.reset({ seed: 0, options: { task: "click-test-2" } })).prompt.split("Goal: ")[1]);
    const [test, focus] = ["Click the button.", "Focus into the textbox."];
    expect(asked).to.deep.equal([test, focus, test, "Click button ONE."]);
    expect(await environment.conditions()).to.deep.equal({ tasks: "click-test, focus-text", mode: "train" });
  });

  it("says what is missing: a task, its pages, the browser", async () => {
    const said = async (settings: object): Promise<string> => {
      const error = await rejection(create(settings).reset({ seed: 0 }));
      expect(error).to.be.instanceOf(DeviceError).and.to.have.property("code", "absent");
      return String(error);
    };
    expect(await said({ tasks: ["click-buton"] })).to.match(
      /no MiniWoB\+\+ task click-buton; there are .*click-button,/,
    );
    expect(await said({ pages: "/no/such" })).to.match(/environment\.settings\.pages: expected .* got \/no\/such/);
    expect(await said({ browser: "no-such-browser" })).to.match(/no program no-such-browser in PATH; apt-get install/);
  });

  it("marks the episode whose browser was lost, and starts another for the next", async () => {
    const environment = create();
    await environment.reset({ seed: 0 });
    for (const pid of browsers()) process.kill(pid, "SIGKILL");
    const { fault, reward, terminated, truncated, success } = await environment.step(tap(20, 73));
    expect({ reward, terminated, truncated, success }).to.deep.equal({
      reward: 0,
      terminated: false,
      truncated: false,
      success: undefined,
    });
    expect(fault).to.match(/^page:chromium: .*closed/);
    await environment.reset({ seed: 0 });
    expect((await environment.step(tap(20, 73))).reward).to.equal(1);
  });

  it("gives a page up that computes for ever, and plays the next", async () => {
    mkdirSync(folder("pages/miniwob"), { recursive: true });
    writeFileSync(folder("pages/miniwob/stuck.html"), STUCK);
    const environment = create({ tasks: ["stuck"], pages: folder("pages"), answerMs: 3_000 });
    await environment.reset({ seed: 0 });
    const { fault } = await environment.step(tap(80, 100));
    expect(fault).to.equal("page:chromium: no answer within 3 s");
    expect((await environment.reset({ seed: 1 })).prompt).to.contain("Do not touch this.");
  });

  it("leaves no browser behind", async () => {
    const [one, other] = [create(), create()];
    await Promise.all([one.reset({ seed: 0 }), other.reset({ seed: 1 })]);
    expect(browsers()).to.have.length(1);
    await one.close();
    expect((await other.step(tap(1, 1))).fault).to.equal(undefined);
    await other.close();
    await other.close();
    expect(browsers()).to.deep.equal([]);
  });
});

/** Process ids of the browsers that this process has started. */
function browsers(): number[] {
  const { stdout } = spawnSync("pgrep", ["-P", String(process.pid), "-f", "remote-debugging-pipe"], {
    encoding: "utf8",
  });
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** As MiniWoB++'s own pages, with what the environment asks of one. */
const STUCK = `<!doctype html><html><head><script>
  var WOB_TASK_READY = true, WOB_DONE_GLOBAL = false, WOB_RAW_REWARD_GLOBAL = 0;
  Math.seedrandom = () => {};
  var core = { setDataMode() {}, startEpisodeReal() {}, getUtterance: () => "Do not touch this." };
  addEventListener("click", () => { for (;;); });
</script></head><body></body></html>`;
