import type { Device, PhoneKey } from "../../../../ts/environments/phones/device.ts";
import { encodePng } from "../../../../ts/png.ts";
import type { Outcome } from "./fake-daemon.ts";
import { splitCommands } from "./shell-words.ts";
import { windowDump } from "./window-dump-text.ts";

/** From which on Android takes a press for a long one. */
const LONG_MS = 500;

const KEYS: Readonly<Record<string, PhoneKey>> = { 3: "home", 4: "back", 66: "enter" };

/** What Android's shell does with the commands that are sent to it, on any {@link Device}. */
export class FakeAndroid {
  readonly device: Device;
  /** Apps that were opened and not ended, by package. */
  readonly apps = new Set<string>();
  /** What was written to files, by path. */
  readonly files = new Map<string, string>();
  /** What `uiautomator` says instead of dumping, as where the screen moves. */
  dumpFault: string | undefined;
  /** Whether Android has booted, by `performance.now()`. */
  bootedAt = 0;

  constructor(device: Device) {
    this.device = device;
  }

  /** @param line of the shell, as adb sends it. */
  async execute(line: string): Promise<Outcome> {
    const stdout: Buffer[] = [];
    let stderr = "";
    let exitCode = 0;
    for (const words of splitCommands(line)) {
      const expanded = words.map((word) => word.replaceAll("$?", String(exitCode)));
      const outcome = await this.#command(expanded);
      exitCode = outcome.exitCode ?? 0;
      stdout.push(outcome.stdout ?? Buffer.alloc(0));
      stderr += outcome.stderr ?? "";
    }
    return { stdout: Buffer.concat(stdout), stderr, exitCode };
  }

  async #command(words: readonly string[]): Promise<Partial<Outcome>> {
    const [program = "", ...args] = words;
    switch (program) {
      case "echo":
        return text(`${args.join(" ")}\n`);
      case "false":
        return { exitCode: 1 };
      case "getprop":
        return text(performance.now() >= this.bootedAt && args[0] === "sys.boot_completed" ? "1\n" : "\n");
      case "screencap":
        return { stdout: Buffer.from(encodePng(await this.device.screenshot())) };
      case "input":
        return await this.#input(args);
      case "uiautomator":
        return await this.#dump(args[1] ?? "/sdcard/window_dump.xml");
      case "rm":
        this.files.delete(args.at(-1) ?? "");
        return {};
      case "cat":
        return this.#read(args[0] ?? "");
      case "dumpsys":
        return text(recents([...this.apps]));
      case "am":
        this.apps.delete(args[1] ?? "");
        return {};
      default:
        return { stderr: `/system/bin/sh: ${program}: inaccessible or not found\n`, exitCode: 127 };
    }
  }

  /** Ends with 0 even where it fails, as Android's does. */
  async #dump(path: string): Promise<Partial<Outcome>> {
    if (this.dumpFault !== undefined) return { stderr: `${this.dumpFault}\n` };
    const { width, height } = await this.device.screenshot();
    this.files.set(path, windowDump(await this.device.elements(), { width, height }));
    return text(`UI hierchary dumped to: ${path}\n`);
  }

  #read(path: string): Partial<Outcome> {
    const written = this.files.get(path);
    if (written !== undefined) return text(written);
    return { stderr: `cat: ${path}: No such file or directory\n`, exitCode: 1 };
  }

  async #input([kind, ...args]: readonly string[]): Promise<Partial<Outcome>> {
    const { width, height } = await this.device.screenshot();
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = args.map(Number);
    // The middle of a pixel, so that no rounding moves it.
    const point = (x: number, y: number) => ({ x: (x + 0.5) / width, y: (y + 0.5) / height });
    if (kind === "tap" && args.length === 2) await this.device.tap(point(x1, y1));
    else if (kind === "swipe" && x1 === x2 && y1 === y2 && Number(args[4]) >= LONG_MS)
      await this.device.hold(point(x1, y1));
    else if (kind === "swipe" && args.length >= 4) await this.device.swipe(point(x1, y1), point(x2, y2));
    else if (kind === "text" && args.length === 1) await this.device.type((args[0] ?? "").replaceAll("%s", " "));
    else if (kind === "keyevent" && args[0] === "224") return {};
    else if (kind === "keyevent" && KEYS[args[0] ?? ""] !== undefined) {
      const key = KEYS[args[0] ?? ""];
      if (key !== undefined) await this.device.press(key);
    } else return { stdout: Buffer.from(`Error: Invalid arguments for command: ${kind}\n`), exitCode: 255 };
    return {};
  }
}

function text(written: string): Partial<Outcome> {
  return { stdout: Buffer.from(written) };
}

/** In the form of Android 9. */
function recents(packages: readonly string[]): string {
  const tasks = packages.map(
    (name, place) => `  * Recent #${place + 1}: TaskRecord{8a9d5c3 #${place + 3} A=${name} U=0 StackId=${place} sz=1}
    intent={act=android.intent.action.MAIN cat=[android.intent.category.LAUNCHER] flg=0x10200000 cmp=${name}/.Main}
    mActivityComponent=${name}/.Main`,
  );
  return `ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)
  Recent tasks:
  * Recent #0: TaskRecord{1f2e #2 I=com.android.launcher3/.Launcher U=0 StackId=0 sz=1}
    intent={act=android.intent.action.MAIN cat=[android.intent.category.HOME] flg=0x10000100 cmp=com.android.launcher3/.Launcher}
${tasks.join("\n")}
`;
}
