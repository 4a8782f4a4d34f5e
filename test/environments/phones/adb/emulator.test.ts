import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { adbDevices } from "../../../../ts/environments/phones/adb/connect.ts";
import { type EmulatedRequest, openEmulator } from "../../../../ts/environments/phones/adb/emulator-device.ts";
import { DeviceError } from "../../../../ts/errors.ts";
import { rejection } from "../../../rejection.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { describeWithAdb } from "./adb-server.ts";
import { writeAvd } from "./avd-folder.ts";
import { QUICK } from "./quick.ts";

const PROGRAM = fileURLToPath(new URL("emulator-program.ts", import.meta.url));

describeWithAdb("emulators", () => {
  const folder = temporaryFolder();
  const outside = process.env.ANDROID_AVD_HOME;
  let program = "";
  let home = "";

  before(() => {
    program = folder("emulator");
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" --import=tsx "${PROGRAM}" "$@"\n`);
    chmodSync(program, 0o755);
  });
  beforeEach(() => {
    home = folder(String(Math.random()));
    mkdirSync(home);
    process.env.ANDROID_AVD_HOME = home;
  });
  afterEach(async () => {
    if (outside === undefined) delete process.env.ANDROID_AVD_HOME;
    else process.env.ANDROID_AVD_HOME = outside;
    // Nothing of any test is left: no process, no copy.
    expect(await programsOf(home)).to.deep.equal([]);
    expect(readdirSync(home).filter((name) => name.includes("coso"))).to.deep.equal([]);
  });
  const request = (more: Partial<EmulatedRequest> = {}): EmulatedRequest => ({
    avd: "pixel",
    program,
    settings: { ...QUICK, bootMs: 30_000 },
    ...more,
  });

  it("run side by side on copies, and are gone when closed", async () => {
    writeAvd(home, "pixel", ["scripted.boot=1000"]);
    const devices = await Promise.all([0, 1, 2].map(() => openEmulator(request())));
    const attached = await adbDevices();
    expect(attached.map(({ state }) => state)).to.deep.equal(["device", "device", "device"]);
    const ports = attached.map(({ serial }) => Number(serial.replace("emulator-", "")));
    for (const port of ports) expect(port % 2).to.equal(0);
    expect(ports.every((port) => port >= 5554)).to.equal(true);

    const [first, second] = devices;
    const before = await second?.screenshot();
    await first?.tap({ x: 0.5, y: 0.5 });
    expect(await second?.screenshot()).to.deep.equal(before);
    expect(await first?.screenshot()).not.to.deep.equal(before);
    await Promise.all(devices.map((device) => device.close()));
    await first?.close();
  });

  it("are given up in words when they end before they have booted", async () => {
    writeAvd(home, "pixel", ["scripted.fails=x86 emulation currently requires hardware acceleration!"]);
    const error = await rejection(openEmulator(request()));
    expect(error).to.be.instanceOf(DeviceError).with.property("code", "lost");
    expect(error.message).to.match(/"pixel-coso-\d+-\d+" exited with code 1 .*\n.*hardware acceleration/);
  });

  it("are ended when they do not boot in time, deaf ones too", async () => {
    writeAvd(home, "pixel", ["scripted.boot=1000000", "scripted.deaf=yes"]);
    const settings = { ...QUICK, bootMs: 6_000 };
    const started = performance.now();
    const error = await rejection(openEmulator(request({ settings })));
    expect(error).to.be.instanceOf(DeviceError).with.property("code", "silent");
    expect(error.message).to.contain("Not booted within 6000 ms (`bootMs`); at the end: ");
    // The limit, the last call, and what a deaf emulator is granted.
    expect(performance.now() - started).to.be.below(6_000 + 4_000 + 4_000 + 15_000 + 5_000);
  });

  it("name what to install where there is no emulator", async () => {
    writeAvd(home, "pixel");
    const error = await rejection(openEmulator(request({ program: folder("nowhere") })));
    expect(error).to.be.instanceOf(DeviceError).with.property("code", "absent");
    expect(error.message).to.contain("install Android's SDK");
  });

  it("are started anew by the next reset when they were lost", async () => {
    writeAvd(home, "pixel");
    const device = await openEmulator(request());
    const [first] = await programsOf(home);
    process.kill(Number(first), "SIGKILL");
    expect(await rejection(device.tap({ x: 0.5, y: 0.5 }))).to.be.instanceOf(DeviceError);
    await device.reset({ seed: 0 });
    await device.tap({ x: 0.5, y: 0.5 });
    expect(await programsOf(home))
      .to.have.lengthOf(1)
      .and.not.to.include(first);
    await device.close();
  });

  it("go back to their snapshot", async () => {
    writeAvd(home, "pixel");
    const device = await openEmulator(request({ snapshot: "ready" }));
    await device.reset({ seed: 0 });
    await device.screenshot();
    await device.close();
    const other = await openEmulator(request({ snapshot: "none" }));
    const error = await rejection(other.reset({ seed: 0 }));
    expect(error).to.be.instanceOf(DeviceError).with.property("code", "refused");
    expect(error.message).to.contain('snapshot "none" was not loaded').and.to.contain("does not exist");
    await other.close();
  });

  it("end with this process, and their copies", async () => {
    writeAvd(home, "pixel");
    const script = `
      import { openEmulator } from "./ts/environments/phones/adb/emulator-device.ts";
      await openEmulator(${JSON.stringify(request())});
      process.exit(3);`;
    const { exitCode } = await execa(process.execPath, ["--import=tsx", "--input-type=module", "--eval", script], {
      reject: false,
      timeout: 60_000,
    });
    expect(exitCode).to.equal(3);
    // Killed at once; whoever takes over orphans buries it a moment later.
    while ((await programsOf(home)).length > 0) await delay(50);
    expect(existsSync(home)).to.equal(true);
  });
});

/** Process ids of emulators whose AVDs lie in `home`. */
async function programsOf(home: string): Promise<string[]> {
  const { stdout } = await execa("ps", ["eww", "-A", "-o", "pid=,args="], { reject: false });
  const lines = stdout.split("\n").filter((line) => line.includes("emulator-program.ts"));
  return lines
    .filter((line) => line.includes(`ANDROID_AVD_HOME=${home} `) || line.endsWith(`ANDROID_AVD_HOME=${home}`))
    .map((line) => line.trim().split(" ")[0] ?? "");
}
