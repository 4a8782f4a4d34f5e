import { DeviceError } from "../../../errors.ts";
import type { ScreenPoint } from "../../../parsing/phone-action.ts";
import type { ScreenElement } from "../../../parsing/screen-element.ts";
import type { RgbImage } from "../../environment.ts";
import { type Device, HOLD_MS, type PhoneKey } from "../device.ts";
import { Adb } from "./adb.ts";
import { waitForBoot } from "./boot.ts";
import { keystrokesOf } from "./keystrokes.ts";
import { recentPackages } from "./recent-packages.ts";
import { captureFrame, captureImage } from "./screencap.ts";
import type { AdbSettings } from "./settings.ts";
import { settle } from "./settle.ts";
import { captureElements } from "./window-dump.ts";

/** Android's numbers of the keys. */
const KEY_CODES: Readonly<Record<PhoneKey, number>> = { home: 3, back: 4, enter: 66 };
const WAKE_UP = 224;
/** Android's own default; slower than a fling. */
const SWIPE_MS = 300;

/**
 * A phone or emulator that adb sees. An action that may have reached the phone is never repeated, since a second tap is
 * another action: a link that breaks in the middle of one is an error, and one that was broken before is waited for.
 */
export class AdbDevice implements Device {
  readonly name: string;
  readonly #adb: Adb;
  readonly #settings: AdbSettings;
  readonly #snapshot: string | undefined;
  /** Of the newest frame; unknown before the first. */
  #size: { width: number; height: number } | undefined;

  /** @param snapshot of an emulator, which `reset` goes back to. */
  constructor(serial: string, settings: AdbSettings, snapshot?: string) {
    this.name = `adb:${serial}`;
    this.#adb = new Adb(settings, serial);
    this.#settings = settings;
    this.#snapshot = snapshot;
  }

  async screenshot(): Promise<RgbImage> {
    const { image, width, height } = await captureImage(this.#adb);
    this.#size = { width, height };
    return image;
  }

  async elements(): Promise<readonly ScreenElement[]> {
    return captureElements(this.#adb, await this.#frameSize(), this.#settings.callMs);
  }

  async tap(at: ScreenPoint): Promise<void> {
    if (!isOnScreen(at)) return;
    await this.#act(`input tap ${await this.#pixel(at)}`);
  }

  async hold(at: ScreenPoint): Promise<void> {
    if (!isOnScreen(at)) return;
    const pixel = await this.#pixel(at);
    await this.#act(`input swipe ${pixel} ${pixel} ${HOLD_MS}`);
  }

  async swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    if (!isOnScreen(from) || !isOnScreen(to)) return;
    await this.#act(`input swipe ${await this.#pixel(from)} ${await this.#pixel(to)} ${SWIPE_MS}`);
  }

  async type(text: string): Promise<void> {
    for (const stroke of keystrokesOf(text)) {
      const typed = stroke.kind === "enter" ? `keyevent ${KEY_CODES.enter}` : `text ${stroke.argument}`;
      await this.#adb.shell(`input ${typed}`, { isHarmless: false });
    }
    await this.#settle();
  }

  async press(key: PhoneKey): Promise<void> {
    await this.#act(`input keyevent ${KEY_CODES[key]}`);
  }

  /** Without a snapshot: ends the apps that the phone remembers and goes home. What they have stored stays. */
  async reset(): Promise<void> {
    if (this.#snapshot === undefined) await this.#endApps();
    else await this.#loadSnapshot(this.#snapshot);
    await this.#settle();
  }

  /** Nothing is held: adb's own server is shared with all that use adb. */
  async close(): Promise<void> {}

  async #act(command: string): Promise<void> {
    await this.#adb.shell(command, { isHarmless: false });
    await this.#settle();
  }

  async #settle(): Promise<void> {
    const frame = await settle(() => captureFrame(this.#adb), this.#settings.settle);
    if (frame !== undefined) this.#size = frame;
  }

  async #pixel({ x, y }: ScreenPoint): Promise<string> {
    const { width, height } = await this.#frameSize();
    return `${Math.floor(x * width)} ${Math.floor(y * height)}`;
  }

  async #frameSize(): Promise<{ width: number; height: number }> {
    this.#size ??= await captureFrame(this.#adb);
    return this.#size;
  }

  async #endApps(): Promise<void> {
    await this.#adb.shell(`input keyevent ${WAKE_UP}`, { isHarmless: true });
    const dump = await this.#adb.shell("dumpsys activity recents", { isHarmless: true });
    for (const name of recentPackages(dump)) await this.#adb.shell(`am force-stop ${name}`, { isHarmless: true });
    await this.#adb.shell(`input keyevent ${KEY_CODES.home}`, { isHarmless: true });
  }

  async #loadSnapshot(snapshot: string): Promise<void> {
    const { bootMs } = this.#settings;
    const call = { args: ["emu", "avd", "snapshot", "load", snapshot], isHarmless: true, limitMs: bootMs };
    const said = await this.#adb.ask(call, (stdout) => stdout.toString("utf8"));
    if (/^KO\b/m.test(said)) {
      const mend = `\`adb emu avd snapshot list\` lists what ${this.name} has`;
      throw new DeviceError("refused", `${this.name}: snapshot "${snapshot}" was not loaded: ${said.trim()}; ${mend}`);
    }
    await waitForBoot(this.#adb, { limitMs: bootMs });
  }
}

function isOnScreen({ x, y }: ScreenPoint): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1;
}
