import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { playCommand } from "../../../ts/commands/play.ts";
import { actOn } from "../../../ts/environments/phones/act-on.ts";
import { CanvasPhone } from "../../../ts/environments/phones/canvas/canvas-phone.ts";
import { expertAction } from "../../../ts/environments/phones/canvas/expert.ts";
import { type CanvasTask, isDone } from "../../../ts/environments/phones/canvas/goal.ts";
import { canvasTasks } from "../../../ts/environments/phones/canvas/tasks.ts";
import { phoneAdb } from "../../../ts/environments/phones/phone-adb.ts";
import { DeviceError, EnvironmentError } from "../../../ts/errors.ts";
import { appAgentCall } from "../../../ts/parsing/appagent-call.ts";
import type { PhoneAction } from "../../../ts/parsing/phone-action.ts";
import { imageName } from "../../../ts/runs/image-store.ts";
import { FakeEndpoint } from "../../fake-endpoint.ts";
import { rejection } from "../../rejection.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { describeWithAdb } from "./adb/adb-server.ts";
import { FakeEmulator, freePortPair } from "./adb/fake-emulator.ts";
import { QUICK } from "./adb/quick.ts";

/** The simulated phone behind a scripted daemon, driven through the real adb client and server. */
describeWithAdb("phone/adb", () => {
  const at = temporaryFolder();
  const phone = new CanvasPhone();
  let emulator: FakeEmulator;
  let serial: string;
  let number = 0;
  const servers: FakeEndpoint[] = [];

  beforeEach(async () => {
    await phone.reset({ seed: 3 });
    emulator = new FakeEmulator(phone);
    const port = await freePortPair();
    serial = `emulator-${port}`;
    await emulator.start(port);
  });
  afterEach(async () => {
    await emulator.stop();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  const written = (lines: string): string => {
    const path = at(`tasks-${number++}.txt`);
    writeFileSync(path, lines);
    return path;
  };
  const settings = (chosen: object) => phoneAdb.settings.parse({ devices: [`adb:${serial}`], adb: QUICK, ...chosen });

  /** An endpoint that says of the simulated phone what its state says. */
  async function judgeOf(task: CanvasTask) {
    const server = await FakeEndpoint.start({
      speak: () => `Status: ${isDone(phone.state(), task) ? "success" : "failure"}`,
    });
    servers.push(server);
    const endpoint = { kind: "openai", baseUrl: server.baseUrl, model: "judge", keyVariable: null };
    return { endpoint, shrink: 1, answers: at(`answers-${number++}`) };
  }

  it("plays a full episode of a task from a file, which a model judges, to success", async () => {
    const task = canvasTasks("general", "train").find(({ goal }) => goal.kind === "open contact");
    if (task === undefined) throw new Error("no such task");
    const tasks = written(`\n${task.instruction}\nAnother\n`);
    const environment = phoneAdb.create(settings({ tasks, judge: await judgeOf(task) }));
    const first = await environment.reset({ seed: 0 });
    expect(first.prompt).to.equal(`Previous Actions: Goal: ${task.instruction}`);
    expect(first.image && imageName(first.image)).to.equal(imageName(await phone.screenshot()));
    for (let step = 1; ; step++) {
      const { reward, terminated, success, info } = await environment.step(expertAction(phone.state(), task));
      expect(info.device).to.equal(`adb:${serial}`);
      if (!terminated) expect(step).to.be.below(10);
      else {
        expect({ reward, success }).to.deep.equal({ reward: 1, success: true });
        break;
      }
    }
    await environment.close?.();
  });

  it("plays a full episode on labelled elements, by their numbers alone", async () => {
    const task = canvasTasks("webshopping", "train").find(({ goal }) => goal.kind === "add to cart");
    if (task === undefined) throw new Error("no such task");
    const chosen = { tasks: written(task.instruction), judge: await judgeOf(task), format: "appagent", horizon: 20 };
    const environment = phoneAdb.create(settings(chosen));
    let observation = await environment.reset({ seed: 0 });
    expect(observation.elements).to.deep.equal(await phone.elements());
    expect(observation.image && imageName(observation.image)).not.to.equal(imageName(await phone.screenshot()));
    for (let success: boolean | undefined; success !== true; ) {
      const call = appAgentCall(expertAction(phone.state(), task), observation.elements ?? []);
      const parse = environment.parse(`Action: ${call}`, observation);
      if (parse.kind === "invalid") throw new Error(`${call}: ${parse.reason}`);
      const result = await environment.step(parse.action);
      expect(result.truncated || result.fault).to.be.oneOf([false, undefined]);
      ({ observation, success } = { success: undefined, ...result });
    }
    await environment.close?.();
  });

  it("marks the episode where the device is lost in the middle, and plays the next one when it is back", async () => {
    const task = canvasTasks("general", "train")[0] as CanvasTask;
    const environment = phoneAdb.create(settings({ tasks: written("Open the clock"), judge: await judgeOf(task) }));
    await environment.reset({ seed: 0 });
    await emulator.stop();
    const broken = await environment.step({ type: "PRESS_HOME" });
    expect(broken).to.include({ terminated: false, truncated: false, reward: 0 }).and.not.have.property("success");
    expect(broken.fault).to.include(`adb:${serial}`);
    await emulator.start(Number(serial.split("-")[1]));
    expect((await environment.reset({ seed: 0 })).image).to.include({ width: 224, height: 224 });
    await environment.close?.();
  });

  it("counts nothing where nobody judges", async () => {
    const environment = phoneAdb.create(settings({ tasks: written("Open the clock"), horizon: 1 }));
    await environment.reset({ seed: 0 });
    const { fault } = await environment.step({ type: "PRESS_HOME" });
    expect(fault).to.include("judge is null");
    await environment.close?.();
  });

  it("lends a device to one episode at a time, and says so", async () => {
    const [one, other] = [phoneAdb.create(settings({})), phoneAdb.create(settings({}))];
    await one.reset({ seed: 0 });
    const error = await rejection(other.reset({ seed: 0 }));
    expect(error).to.be.instanceOf(DeviceError).with.property("code", "absent");
    expect(error.message).to.include("in use");
    await one.close?.();
    await other.reset({ seed: 0 });
    await other.close?.();
  });

  it("names a file of tasks that is not there, or has none", async () => {
    for (const tasks of [at("nowhere.txt"), written(" \n\n")]) {
      const error = await rejection(phoneAdb.create(settings({ tasks })).reset({ seed: 0 }));
      expect(error).to.be.instanceOf(EnvironmentError);
      expect(error.message).to.include(tasks);
    }
  });

  it("plays a full episode from the terminal, each screenshot in a folder", async () => {
    const task = canvasTasks("general", "train").find(({ goal }) => goal.kind === "set switches") as CanvasTask;
    const planned = new CanvasPhone();
    planned.restore(phone.state());
    const actions: PhoneAction[] = [];
    while (!isDone(planned.state(), task)) {
      const action = expertAction(planned.state(), task);
      actions.push(action);
      await actOn(planned, action, await planned.screenshot());
    }
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    stdin.end(`${JSON.stringify({ actions })}\n`);
    const command = playCommand({ stdin, stdout } as never);
    const chosen = { adb: QUICK, tasks: written(task.instruction), judge: await judgeOf(task) };
    const flags = [
      "--device",
      `adb:${serial}`,
      "--settings",
      JSON.stringify(chosen),
      "--images",
      at("frames"),
      "--json",
    ];
    await command.parseAsync(["phone/adb", ...flags], { from: "user" });
    stdout.end();
    expect(JSON.parse(await text(stdout))).to.deep.include({ seed: 0, return: 1, success: true });
    expect(actions.length).to.be.above(1);
    for (let step = 0; step <= actions.length; step++) {
      expect(existsSync(join(at("frames"), `line1-step${step}.png`))).to.equal(true);
    }
  });
});
