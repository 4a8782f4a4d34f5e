import { writeFileSync } from "node:fs";
import { describeEnvironment } from "../../../ts/conformance/describe-environment.ts";
import type { Environment } from "../../../ts/environments/environment.ts";
import { CanvasPhone } from "../../../ts/environments/phones/canvas/canvas-phone.ts";
import type { PhoneKey } from "../../../ts/environments/phones/device.ts";
import { phoneAdb } from "../../../ts/environments/phones/phone-adb.ts";
import type { PhoneAction } from "../../../ts/parsing/phone-action.ts";
import { FakeEndpoint } from "../../fake-endpoint.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { describeWithAdb } from "./adb/adb-server.ts";
import { FakeEmulator, freePortPair } from "./adb/fake-emulator.ts";
import { QUICK } from "./adb/quick.ts";

/** The suite has so many episodes open at once, each of which holds a phone. */
const PHONES = 32;
const SCREEN = { seed: 3 };
const TASKS = ["Open the clock", "Search for taxis in Tokyo", "Set an alarm for 8:15"];

/** Real phones keep what was done on them; one that is to show the same episode twice forgets it at Home. */
class ForgetfulPhone extends CanvasPhone {
  override async press(key: PhoneKey): Promise<void> {
    if (key === "home") await this.reset(SCREEN);
    else await super.press(key);
  }
}

describeWithAdb("phone/adb as an environment", () => {
  const at = temporaryFolder();
  const emulators: FakeEmulator[] = [];
  const devices: string[] = [];
  let judge: FakeEndpoint;

  before(async () => {
    judge = await FakeEndpoint.start({ speak: () => "Status: failure" });
    writeFileSync(at("tasks.txt"), TASKS.join("\n"));
    for (let count = 0; count < PHONES; count++) {
      const phone = new ForgetfulPhone();
      await phone.reset(SCREEN);
      const emulator = new FakeEmulator(phone);
      const port = await freePortPair();
      await emulator.start(port);
      emulators.push(emulator);
      devices.push(`adb:emulator-${port}`);
    }
  });
  after(async () => {
    await Promise.all([judge.stop(), ...emulators.map((emulator) => emulator.stop())]);
  });

  describe("on phones that forget", function () {
    // Every call of adb is a process.
    this.timeout(300_000);
    describeEnvironment({
      definition: { ...phoneAdb, create: (chosen) => unnamed(phoneAdb.create(chosen)) },
      settings: () => ({
        devices,
        tasks: at("tasks.txt"),
        horizon: 3,
        adb: QUICK,
        judge: {
          endpoint: { kind: "openai", baseUrl: judge.baseUrl, model: "judge", keyVariable: null },
          answers: at("answers"),
        },
      }),
      actions: (_, random) => {
        const point = { x: random.float(), y: random.float() };
        return random.pick<PhoneAction>([
          { type: "DUAL_POINT", touch: point, lift: point },
          { type: "DUAL_POINT", touch: { x: 0.5, y: 0.8 }, lift: { x: 0.5, y: 0.2 } },
          { type: "PRESS_BACK" },
          { type: "PRESS_HOME" },
        ]);
      },
    });
  });
});

/** Without the phone's name among what a step tells, the one thing that two phones do not share. */
function unnamed(environment: Environment<PhoneAction>): Environment<PhoneAction> {
  const step = environment.step.bind(environment);
  environment.step = async (action) => {
    const { info, ...result } = await step(action);
    const { device: _, ...told } = info;
    return { ...result, info: told };
  };
  return environment;
}
