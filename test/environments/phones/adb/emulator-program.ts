/**
 * In place of Android's `emulator`: the same arguments, the same ports, a scripted phone. Its AVD's config.ini may have
 * `scripted.boot=MS` (how long until it has booted), `scripted.fails=TEXT` (it ends at once), and `scripted.deaf=yes` (it
 * ends on no `emu kill` and no SIGTERM).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FakeEmulator } from "./fake-emulator.ts";
import { PaintedDevice } from "./painted-device.ts";

const args = process.argv.slice(2).map((arg) => arg.replace(/^-/, "--"));
const { values } = parseArgs({
  args,
  options: {
    avd: { type: "string" },
    port: { type: "string" },
    snapshot: { type: "string" },
    gpu: { type: "string" },
    "no-window": { type: "boolean" },
    "no-audio": { type: "boolean" },
    "no-boot-anim": { type: "boolean" },
    "no-snapshot-save": { type: "boolean" },
    "no-snapshot-load": { type: "boolean" },
    "skip-adb-auth": { type: "boolean" },
  },
});
const home = process.env.ANDROID_AVD_HOME ?? "";
const path = /^path=(.*)$/m.exec(readFileSync(join(home, `${values.avd}.ini`), "utf8"))?.[1] ?? "";
const config = readFileSync(join(path, "config.ini"), "utf8");
const setting = (name: string) => new RegExp(`^scripted\\.${name}=(.*)$`, "m").exec(config)?.[1];

const failure = setting("fails");
if (failure === undefined) await start();
else {
  process.stderr.write(`ERROR   | ${failure}\n`);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const emulator = new FakeEmulator(new PaintedDevice());
  emulator.android.bootedAt = performance.now() + Number(setting("boot") ?? 0);
  emulator.snapshots.add("ready");
  const end = () => {
    if (setting("deaf") === undefined) void emulator.stop();
  };
  emulator.onKill = end;
  process.on("SIGTERM", end);
  await emulator.start(Number(values.port));
}
