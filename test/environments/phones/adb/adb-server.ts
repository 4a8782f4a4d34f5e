import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { freePort } from "./fake-emulator.ts";

const INSTALL = "apt-get install adb";

/** A `describe` with an adb server of its own, which ends with its tests; skipped in words where there is no adb. */
export function describeWithAdb(title: string, tests: () => void): void {
  const { status } = spawnSync("adb", ["version"]);
  describe(title, function () {
    // A broken link alone takes adb a second, and each call of it is a process.
    this.timeout(90_000);
    if (status !== 0) {
      it.skip(`(adb is not installed: ${INSTALL})`);
      return;
    }
    const outside = { HOME: process.env.HOME, port: process.env.ANDROID_ADB_SERVER_PORT };
    let home = "";
    before(async () => {
      home = mkdtempSync(join(tmpdir(), "coso-adb-"));
      process.env.HOME = home;
      process.env.ANDROID_ADB_SERVER_PORT = String(await freePort(0));
      await execa("adb", ["start-server"]);
    });
    after(async () => {
      await execa("adb", ["kill-server"], { reject: false });
      rmSync(home, { recursive: true, force: true });
      restore("HOME", outside.HOME);
      restore("ANDROID_ADB_SERVER_PORT", outside.port);
    });
    tests();
  });
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}
