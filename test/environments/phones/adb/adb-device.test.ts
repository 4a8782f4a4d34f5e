import { chmodSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { adbDevices, connectAdb } from "../../../../ts/environments/phones/adb/connect.ts";
import { DeviceError, type DeviceErrorCode } from "../../../../ts/errors.ts";
import { rejection } from "../../../rejection.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { describeWithAdb } from "./adb-server.ts";
import type { LinkFault } from "./fake-daemon.ts";
import { FakeEmulator, freePort, freePortPair } from "./fake-emulator.ts";
import { PaintedDevice } from "./painted-device.ts";
import { QUICK } from "./quick.ts";

/** What all repeats of a call that is answered at once may take, on a busy machine too. */
const BOUND_MS = 20_000;
const CENTRE = { x: 0.5, y: 0.5 };

describeWithAdb("AdbDevice", () => {
  const folder = temporaryFolder();
  let phone: PaintedDevice;
  let emulator: FakeEmulator;
  let serial: string;

  beforeEach(async () => {
    phone = new PaintedDevice();
    emulator = new FakeEmulator(phone);
    const port = await freePortPair();
    serial = `emulator-${port}`;
    await emulator.start(port);
  });
  afterEach(async () => {
    await emulator.stop();
    expect(await clientsOf(serial)).to.deep.equal([]);
  });
  const open = (settings = QUICK) => connectAdb({ serial, settings });

  /** Does `fault` to the first `times` commands that contain `part`. */
  function inject(fault: LinkFault, part: string, times = 1): void {
    let left = times;
    emulator.daemon.fault = (command) => (command.includes(part) && left-- > 0 ? fault : undefined);
  }

  async function expectError(promise: Promise<unknown>, code: DeviceErrorCode, ...words: string[]): Promise<void> {
    const started = performance.now();
    const error = await rejection(promise);
    expect(error, error.stack).to.be.instanceOf(DeviceError).with.property("code", code);
    for (const each of words) expect(error.message).to.contain(each);
    expect(performance.now() - started).to.be.below(BOUND_MS);
  }

  describe("drives a phone", () => {
    it("sees its screen, byte for byte", async () => {
      expect(await (await open()).screenshot()).to.deep.equal(await phone.screenshot());
    });

    it("touches it in its own pixels, and nothing beside the screen", async () => {
      const device = await open();
      await device.tap({ x: 0, y: 0.9999 });
      await device.swipe({ x: 0.5, y: 0.75 }, { x: 0.5, y: 0.25 });
      for (const outside of [
        { x: -0.001, y: 0.5 },
        { x: 0.5, y: 1 },
        { x: Number.NaN, y: 0 },
      ]) {
        await device.tap(outside);
        await device.swipe(CENTRE, outside);
        await device.swipe(outside, CENTRE);
      }
      expect(phone.done).to.deep.equal(["tap 0,227", "swipe 54,171 to 54,57"]);
    });

    it("holds it for a second", async () => {
      const device = await open();
      await device.hold(CENTRE);
      await device.hold({ x: 1, y: 0.5 });
      expect(phone.done).to.deep.equal(["hold 54,114"]);
      expect(emulator.daemon.commands.join("\n")).to.contain("input swipe 54 114 54 114 1000");
    });

    it("knows what on its screen answers to a finger", async () => {
      expect(await (await open()).elements()).to.deep.equal(await phone.elements());
    });

    it("types into it and presses its keys", async () => {
      const device = await open();
      await device.type('it\'s 5 > 4; "$HOME" `rm`\n');
      for (const key of ["home", "back", "enter"] as const) await device.press(key);
      const keys = ["press enter", "press home", "press back", "press enter"];
      expect(phone.done.filter((each) => each.startsWith("press"))).to.deep.equal(keys);
      const typed = phone.done.filter((each) => each.startsWith("type")).map((each) => each.slice("type ".length));
      expect(typed.join("")).to.equal('it\'s 5 > 4; "$HOME" `rm`');
    });

    it("ends the apps that it remembers on reset, and goes home", async () => {
      const device = await open();
      emulator.android.apps.add("com.android.settings").add("com.android.chrome");
      await device.reset();
      expect([...emulator.android.apps]).to.deep.equal([]);
      expect(emulator.daemon.commands.join("\n")).not.to.contain("force-stop com.android.launcher3");
      expect(phone.done).to.deep.equal(["press home"]);
      await device.close();
      await device.close();
    });

    it("waits until its screen stands still after an action", async () => {
      const device = await open({ ...QUICK, settle: { quietMs: 400, limitMs: 5_000, pollMs: 10 } });
      const started = performance.now();
      await device.tap(CENTRE);
      expect(performance.now() - started).to.be.at.least(390);
    });

    it("is found by address, too", async () => {
      const address = `127.0.0.1:${Number(serial.replace("emulator-", "")) + 1}`;
      const device = await connectAdb({ serial: address, settings: QUICK });
      expect(device.name).to.equal(`adb:${address}`);
      await device.tap(CENTRE);
      expect(phone.done).to.deep.equal(["tap 54,114"]);
      await execa("adb", ["disconnect", address]);
    });
  });

  describe("gets over what passes", () => {
    it("a picture that was cut off", async () => {
      const device = await open();
      inject("cut", "screencap");
      expect(await device.screenshot()).to.deep.equal(await phone.screenshot());
    });

    it("a dump of the screen that was cut off", async () => {
      const device = await open();
      inject("cut", "uiautomator");
      expect(await device.elements()).to.deep.equal(await phone.elements());
    });

    for (const fault of ["drop", "drop after"] as const) {
      it(`a link that breaks while it is only looking (${fault})`, async () => {
        const device = await open();
        inject(fault, "screencap");
        expect(await device.screenshot()).to.deep.equal(await phone.screenshot());
        emulator.android.apps.add("com.android.chrome");
        inject(fault, "dumpsys");
        await device.reset();
        expect([...emulator.android.apps]).to.deep.equal([]);
      });
    }

    it("a link that is broken before an action, which is then done once", async () => {
      const device = await open();
      emulator.daemon.drop();
      await device.tap(CENTRE);
      expect(phone.done).to.deep.equal(["tap 54,114"]);
    });

    it("a command that is silent once", async () => {
      const device = await open({ ...QUICK, callMs: 1_500 });
      inject("silent", "screencap");
      expect(await device.screenshot()).to.deep.equal(await phone.screenshot());
    });
  });

  describe("tells what does not", () => {
    it("pictures that are always cut off", async () => {
      const device = await open();
      inject("cut", "screencap", 1e9);
      await expectError(device.screenshot(), "screenshot", "without its end");
    });

    it("a screen that never stands still, though an older dump of it lies there", async () => {
      const device = await open({ ...QUICK, repeatAfterMs: [10, 10] });
      await device.elements();
      emulator.android.dumpFault = "ERROR: could not get idle state.";
      await expectError(device.elements(), "elements", "could not get idle state", "keeps moving");
      expect(emulator.daemon.commands.filter((each) => each.includes("uiautomator"))).to.have.lengthOf(4);
    });

    it("an action that the link broke in, which is never done twice", async () => {
      const device = await open();
      inject("drop after", "input tap");
      await expectError(device.tap(CENTRE), "lost", "the link broke before the command had ended");
      expect(phone.done).to.deep.equal(["tap 54,114"]);
    });

    it("a device that is gone for good", async () => {
      const device = await open();
      await emulator.stop();
      await expectError(device.tap(CENTRE), "lost", serial);
      await expectError(device.screenshot(), "lost", serial);
    });

    it("a command that stays silent", async () => {
      const device = await open({ ...QUICK, callMs: 700 });
      inject("silent", "screencap", 1e9);
      await expectError(device.screenshot(), "silent", "no answer within 700 ms");
      inject("silent", "input", 1e9);
      await expectError(device.press("home"), "silent", "input keyevent 3");
      expect(emulator.daemon.commands.filter((each) => each.includes("keyevent"))).to.have.lengthOf(1);
    });

    it("a command that is refused", async () => {
      const device = await open();
      inject("refuse", "input tap");
      await expectError(device.tap(CENTRE), "refused", "exited with code 1", "INJECT_EVENTS");
      expect(phone.done).to.deep.equal([]);
    });

    it("an owner who has not allowed it", async () => {
      emulator.daemon.isAuthorised = false;
      emulator.daemon.drop();
      await expectError(openWhen("unauthorized"), "unauthorised", "allow USB debugging");
    });

    it("a device that is not there", async () => {
      await open();
      // Whom earlier tests left unauthorised stays in adb's list.
      const request = { serial: "R58M123", settings: QUICK };
      await expectError(connectAdb(request), "absent", '"R58M123"', "adb sees", `${serial} (device)`);
    });

    it("an adb that is not there", async () => {
      const settings = { ...QUICK, program: "/nowhere/adb" };
      await expectError(adbDevices(settings), "absent", "apt-get install adb");
    });

    it("an adb server that does not answer", async () => {
      const outside = process.env.ANDROID_ADB_SERVER_PORT;
      const { server, port } = await mute();
      process.env.ANDROID_ADB_SERVER_PORT = String(port);
      try {
        await expectError(adbDevices({ callMs: 500, repeatAfterMs: [10] }), "silent", "adb devices");
      } finally {
        process.env.ANDROID_ADB_SERVER_PORT = outside;
        server.close();
      }
    });

    it("an adb whose own child holds on to its output", async () => {
      writeFileSync(folder("adb"), "#!/bin/sh\nsleep 6 &\nsleep 6\n");
      chmodSync(folder("adb"), 0o755);
      const started = performance.now();
      await expectError(adbDevices({ program: folder("adb"), callMs: 300, repeatAfterMs: [] }), "silent");
      expect(performance.now() - started).to.be.below(4_000);
    });
  });

  /** Opens the device once adb calls it `state`. */
  async function openWhen(state: string): Promise<unknown> {
    const isSo = async () => (await adbDevices()).some((each) => each.serial === serial && each.state === state);
    while (!(await isSo())) await delay(100);
    return await open();
  }
});

/** Processes of adb that still speak to this device. */
async function clientsOf(serial: string): Promise<string[]> {
  const { stdout } = await execa("ps", ["-A", "-o", "args="]);
  return stdout.split("\n").filter((line) => line.startsWith(`adb -s ${serial} `));
}

/** Takes connections and says nothing. */
async function mute(): Promise<{ server: Server; port: number }> {
  const port = await freePort(0);
  const server = createServer((socket) => socket.on("error", () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, port };
}
