import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { AdbFault, LOOK, readFault } from "./fault.ts";
import type { AdbSettings } from "./settings.ts";

/** How much longer than its limit a call is waited for, where something that it started holds on to its output. */
const GRACE_MS = 500;

export interface Call {
  /** What adb is told, without the device: `["shell", "getprop"]`. */
  readonly args: readonly string[];
  /** Whether doing it twice is as good as once. */
  readonly isHarmless: boolean;
  /** `callMs` of the settings by default. */
  readonly limitMs?: number;
}

/** The adb client, a process a call, for one device or for none in particular. */
export class Adb {
  readonly #settings: AdbSettings;
  readonly #device: readonly string[];

  constructor(settings: AdbSettings, serial?: string) {
    this.#settings = settings;
    this.#device = serial === undefined ? [] : ["-s", serial];
  }

  /**
   * What the call wrote, repeated as often as the settings say where a fault lets it.
   * @param read makes something of what came, and throws an AdbFault where it cannot
   * @throws DeviceError the last fault
   */
  async ask<T>(call: Call, read: (stdout: Buffer) => T): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return read(await this.once(call));
      } catch (error) {
        const wait = this.#settings.repeatAfterMs[tries];
        if (wait === undefined || !(error instanceof AdbFault) || !mayRepeat(error, call)) throw error;
        await delay(wait);
      }
    }
  }

  /** A command of the device's shell, whose output comes back. @throws DeviceError `refused` where it fails there. */
  shell(command: string, { isHarmless }: Pick<Call, "isHarmless">): Promise<string> {
    return this.ask(shellCall(command, isHarmless), (stdout) => this.#readShell(command, stdout));
  }

  /** The same without repeating. */
  async shellOnce(command: string): Promise<string> {
    return this.#readShell(command, await this.once(shellCall(command, true)));
  }

  /** @throws AdbFault, at the latest soon after the limit; whatever was started has ended then. */
  async once({ args, limitMs = this.#settings.callMs }: Call): Promise<Buffer> {
    const { program } = this.#settings;
    const name = this.#named(args);
    const child = execa(program, [...this.#device, ...args], {
      stdin: "ignore",
      encoding: "buffer",
      reject: false,
      timeout: limitMs,
      killSignal: "SIGKILL",
    });
    const inTime = new AbortController();
    const overdue = delay(limitMs + GRACE_MS, undefined, { signal: inTime.signal }).catch(() => undefined);
    const ended = await Promise.race([child, overdue]);
    inTime.abort();
    if (ended === undefined || ended.timedOut) {
      child.stdout.destroy();
      child.stderr.destroy();
      const mend = "wake or restart the device, or raise `callMs`";
      throw new AdbFault("silent", "uncertain", `\`${name}\`: no answer within ${limitMs} ms; ${mend}`);
    }
    if (ended.exitCode === undefined && ended.code !== undefined) {
      const mend = "apt-get install adb, or put the platform-tools of Android's SDK into PATH";
      throw new AdbFault("absent", "final", `\`${program}\` cannot be run (${ended.code}): ${mend}`);
    }
    if (ended.failed) throw readFault(name, ended.exitCode, Buffer.from(ended.stderr).toString("utf8"));
    return Buffer.from(ended.stdout);
  }

  /**
   * A link that breaks while a command runs ends adb with code 0, as if the command had ended well; and phones before
   * Android 7 send no codes at all. So the device's shell writes the code at the end.
   */
  #readShell(command: string, stdout: Buffer): string {
    const name = this.#named(["shell", command]);
    const text = stdout.toString("utf8").replaceAll("\r\n", "\n");
    const end = /exit:(\d+)\n?$/.exec(text);
    if (end === null) {
      throw new AdbFault("lost", "uncertain", `\`${name}\`: the link broke before the command had ended; ${LOOK}`);
    }
    const said = text.slice(0, end.index);
    if (end[1] === "0") return said;
    throw new AdbFault("refused", "final", `\`${name}\`: exited with code ${end[1]}: ${said.trim()}`);
  }

  #named(args: readonly string[]): string {
    return ["adb", ...this.#device, ...args].join(" ");
  }
}

function mayRepeat({ kind }: AdbFault, { isHarmless }: Call): boolean {
  return kind === "undelivered" || (kind === "uncertain" && isHarmless);
}

function shellCall(command: string, isHarmless: boolean): Call {
  return { args: ["shell", `${command}; echo exit:$?`], isHarmless };
}
