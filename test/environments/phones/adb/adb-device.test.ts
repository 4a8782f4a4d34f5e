import { expect } from "chai";
import type { z } from "zod";
import { connectAdb } from "../../../../ts/environments/phones/adb/connect.ts";
import type { adbSettings } from "../../../../ts/environments/phones/adb/settings.ts";
import { describeWithAdb } from "./adb-server.ts";
import { FakeEmulator, freePortPair } from "./fake-emulator.ts";
import { PaintedDevice } from "./painted-device.ts";

const QUICK: z.input<typeof adbSettings> = {
  callMs: 3_000,
  repeatAfterMs: [200, 400, 800, 1_600],
  settle: { quietMs: 0, limitMs: 500, pollMs: 10 },
};

describeWithAdb("AdbDevice", () => {
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
  afterEach(() => emulator.stop());

  it("sees the screen and taps it", async () => {
    const device = await connectAdb({ serial, settings: QUICK });
    expect(await device.screenshot()).to.deep.equal(await phone.screenshot());
    await device.tap({ x: 0.5, y: 0.25 });
    expect(phone.done).to.deep.equal(["tap 54,57"]);
  });
});
