import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An AVD as Android's tools write it, small. @param extra lines of its config.ini */
export function writeAvd(home: string, name: string, extra: readonly string[] = []): void {
  const folder = join(home, `${name}.avd`);
  const snapshot = join(folder, "snapshots", "ready");
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(folder, "data"));
  writeLines(join(home, `${name}.ini`), [
    "avd.ini.encoding=UTF-8",
    `path=${folder}`,
    `path.rel=avd/${name}.avd`,
    "target=android-28",
  ]);
  writeLines(join(folder, "config.ini"), [
    `AvdId=${name}`,
    `avd.ini.displayname=${name.replaceAll("_", " ")}`,
    "hw.lcd.width=1080",
    "hw.lcd.height=2280",
    "image.sysdir.1=system-images/android-28/google_apis/x86/",
    `tag.display=${name} is not only a name`,
    ...extra,
  ]);
  const hardware = [
    `avd.name = ${name}`,
    `avd.id = ${name}`,
    `disk.dataPartition.path = ${folder}/userdata-qemu.img`,
    `disk.cachePartition.path = ${folder}/cache.img`,
    `hw.sdCard.path = /other/${name}/sdcard.img`,
  ];
  writeLines(join(folder, "hardware-qemu.ini"), hardware);
  writeLines(join(snapshot, "hardware.ini"), hardware);
  writeFileSync(join(snapshot, "ram.bin"), Buffer.of(0, 255, 1, 254));
  writeFileSync(join(folder, "data", "userdata-qemu.img"), Buffer.from(`raw ${name}.avd bytes`));
  writeFileSync(join(folder, "hardware-qemu.ini.lock"), "4711");
}

function writeLines(file: string, lines: readonly string[]): void {
  writeFileSync(file, `${lines.join("\n")}\n`);
}
