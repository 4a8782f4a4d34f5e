import { constants } from "node:fs";
import { access, cp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { EnvironmentError } from "../../../errors.ts";

/** Keys of .ini files whose value is the name of the AVD itself. */
const NAME_KEYS = new Set(["AvdId", "avd.ini.displayname", "avd.name", "avd.id"]);

/** A virtual device (AVD): `NAME.ini` and the folder `NAME.avd` beside it. */
export interface Avd {
  /** Folder of all AVDs. */
  readonly home: string;
  readonly name: string;
}

/** Where Android's tools look for AVDs. */
export function avdHome({ ANDROID_AVD_HOME, ANDROID_USER_HOME }: NodeJS.ProcessEnv = process.env): string {
  return ANDROID_AVD_HOME ?? join(ANDROID_USER_HOME ?? join(homedir(), ".android"), "avd");
}

/**
 * A copy under another name, with its snapshots, that runs beside the original. The original must not be running while it
 * is copied. File systems that can share blocks until they are written do.
 * @throws EnvironmentError when there is no such AVD, or already one of the new name.
 */
export async function cloneAvd({ home, name }: Avd, copyName: string): Promise<Avd> {
  const copy = { home, name: copyName };
  const [from, to] = [avdPaths({ home, name }), avdPaths(copy)];
  if (!(await exists(from.ini)) || !(await exists(from.folder))) {
    const names = (await exists(home)) ? await avdNames(home) : [];
    const mend = "make one with avdmanager, or set ANDROID_AVD_HOME";
    throw new EnvironmentError(`avd: no "${name}" in ${home}, which has ${names.join(", ") || "none"}; ${mend}`);
  }
  if ((await exists(to.ini)) || (await exists(to.folder))) {
    throw new EnvironmentError(`avd: ${to.folder} is there already; choose another name, or remove it`);
  }
  try {
    await cp(from.folder, to.unfinished, { recursive: true, mode: constants.COPYFILE_FICLONE, filter: isNoLock });
    for (const file of await iniFiles(to.unfinished)) await rewrite(file, file, name, copyName);
    await rename(to.unfinished, to.folder);
    // Last, for it is what makes it an AVD.
    await rewrite(from.ini, to.ini, name, copyName);
  } catch (error) {
    await removeAvd(copy);
    throw error;
  }
  return copy;
}

/** Its files, if it has any. */
export async function removeAvd(avd: Avd): Promise<void> {
  for (const path of Object.values(avdPaths(avd))) await rm(path, { recursive: true, force: true });
}

/** A line of an .ini file for the copy: the name where it is one, and the folder in paths; nothing else that looks alike. */
export function rewriteLine(line: string, name: string, copyName: string): string {
  const [, key = "", sign = "", value = ""] = /^([\w.]+)(\s*=\s*)(.*)$/.exec(line) ?? [];
  if (key === "") return line;
  if (NAME_KEYS.has(key)) return `${key}${sign}${copyName}`;
  const parts = value.split(/([/\\])/).map((part) => (part === `${name}.avd` ? `${copyName}.avd` : part));
  return `${key}${sign}${parts.join("")}`;
}

async function rewrite(from: string, to: string, name: string, copyName: string): Promise<void> {
  const lines = (await readFile(from, "utf8")).split("\n");
  await writeFile(to, lines.map((line) => rewriteLine(line, name, copyName)).join("\n"));
}

/** Those that say where the AVD is; each snapshot has one of its own. */
async function iniFiles(folder: string): Promise<string[]> {
  const snapshots = join(folder, "snapshots");
  const names = (await exists(snapshots)) ? await readdir(snapshots) : [];
  const files = [
    join(folder, "config.ini"),
    join(folder, "hardware-qemu.ini"),
    ...names.map((name) => join(snapshots, name, "hardware.ini")),
  ];
  const there = await Promise.all(files.map(exists));
  return files.filter((_file, place) => there[place]);
}

/** A copied lock would keep the copy from starting. */
function isNoLock(path: string): boolean {
  return !basename(path).endsWith(".lock");
}

async function avdNames(home: string): Promise<string[]> {
  return (await readdir(home)).filter((file) => file.endsWith(".ini")).map((file) => basename(file, ".ini"));
}

/** What of it lies in its home; `unfinished` while it is being copied. */
export function avdPaths({ home, name }: Avd): { ini: string; folder: string; unfinished: string } {
  const folder = join(home, `${name}.avd`);
  return { ini: join(home, `${name}.ini`), folder, unfinished: `${folder}.unfinished` };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
