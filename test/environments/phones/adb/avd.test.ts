import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { avdHome, cloneAvd, removeAvd, rewriteLine } from "../../../../ts/environments/phones/adb/avd.ts";
import { EnvironmentError } from "../../../../ts/errors.ts";
import { rejection } from "../../../rejection.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { writeAvd } from "./avd-folder.ts";

describe("AVDs", () => {
  const folder = temporaryFolder();
  let home = "";
  beforeEach(() => {
    home = folder(String(Math.random()));
    mkdirSync(home);
    writeAvd(home, "pixel");
  });
  const lines = (...path: string[]) =>
    readFileSync(join(home, ...path), "utf8")
      .trimEnd()
      .split("\n");

  it("are copied with their names and paths, and with nothing else changed", async () => {
    expect(await cloneAvd({ home, name: "pixel" }, "pixel-1")).to.deep.equal({ home, name: "pixel-1" });
    expect(lines("pixel-1.ini")).to.deep.equal([
      "avd.ini.encoding=UTF-8",
      `path=${home}/pixel-1.avd`,
      "path.rel=avd/pixel-1.avd",
      "target=android-28",
    ]);
    expect(lines("pixel-1.avd", "config.ini")).to.deep.equal([
      "AvdId=pixel-1",
      "avd.ini.displayname=pixel-1",
      "hw.lcd.width=1080",
      "hw.lcd.height=2280",
      "image.sysdir.1=system-images/android-28/google_apis/x86/",
      "tag.display=pixel is not only a name",
    ]);
    const hardware = [
      "avd.name = pixel-1",
      "avd.id = pixel-1",
      `disk.dataPartition.path = ${home}/pixel-1.avd/userdata-qemu.img`,
      `disk.cachePartition.path = ${home}/pixel-1.avd/cache.img`,
      "hw.sdCard.path = /other/pixel/sdcard.img",
    ];
    expect(lines("pixel-1.avd", "hardware-qemu.ini")).to.deep.equal(hardware);
    expect(lines("pixel-1.avd", "snapshots", "ready", "hardware.ini")).to.deep.equal(hardware);
    for (const file of ["snapshots/ready/ram.bin", "data/userdata-qemu.img"]) {
      const [copy, original] = ["pixel-1.avd", "pixel.avd"].map((name) => readFileSync(join(home, name, file)));
      expect(copy).to.deep.equal(original);
    }
  });

  it("are copied without locks, and leave the original as it was", async () => {
    const before = lines("pixel.avd", "hardware-qemu.ini");
    await cloneAvd({ home, name: "pixel" }, "pixel-1");
    expect(existsSync(join(home, "pixel-1.avd", "hardware-qemu.ini.lock"))).to.equal(false);
    expect(lines("pixel.avd", "hardware-qemu.ini")).to.deep.equal(before);
    await removeAvd({ home, name: "pixel-1" });
    expect(readdirSync(home).sort()).to.deep.equal(["pixel.avd", "pixel.ini"]);
  });

  it("are refused in words where there is none, or one already", async () => {
    const none = await rejection(cloneAvd({ home, name: "nexus" }, "nexus-1"));
    expect(none).to.be.instanceOf(EnvironmentError);
    expect(none.message).to.contain(`no "nexus" in ${home}, which has pixel`);
    writeAvd(home, "pixel-1");
    const twice = await rejection(cloneAvd({ home, name: "pixel" }, "pixel-1"));
    expect(twice).to.be.instanceOf(EnvironmentError).with.property("message").that.contains("there already");
    expect(lines("pixel-1.avd", "config.ini")).to.contain("AvdId=pixel-1");
  });

  it("leave nothing of a copy that fails", async () => {
    // A folder where a file belongs.
    mkdirSync(join(home, "pixel.avd", "snapshots", "odd", "hardware.ini"), { recursive: true });
    writeFileSync(join(home, "pixel.avd", "snapshots", "odd", "hardware.ini", "x"), "");
    expect(await rejection(cloneAvd({ home, name: "pixel" }, "pixel-1"))).to.have.property("code", "EISDIR");
    expect(readdirSync(home).sort()).to.deep.equal(["pixel.avd", "pixel.ini"]);
  });

  it("keep every line that neither names them nor lies in their folder", () => {
    const words = fc.stringMatching(/^[a-z0-9. =/-]*$/);
    fc.assert(
      fc.property(words, (line) => {
        fc.pre(!line.includes("pixel.avd") && !/^(AvdId|avd\.)/.test(line));
        expect(rewriteLine(line, "pixel", "copy")).to.equal(line);
      }),
    );
  });

  it("lie where Android's tools look", () => {
    expect(avdHome({ ANDROID_AVD_HOME: "/a", ANDROID_USER_HOME: "/b" })).to.equal("/a");
    expect(avdHome({ ANDROID_USER_HOME: "/b" })).to.equal("/b/avd");
    expect(avdHome({})).to.match(/\/\.android\/avd$/);
  });
});
