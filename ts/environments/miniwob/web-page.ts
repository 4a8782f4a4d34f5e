import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { DeviceError } from "../../errors.ts";
import type { ScreenPoint } from "../../parsing/phone-action.ts";
import type { ScreenBox, ScreenElement } from "../../parsing/screen-element.ts";
import { decodePng } from "../../png.ts";
import type { RgbImage } from "../environment.ts";
import { HOLD_MS, type PhoneKey, type Touchable } from "../phones/device.ts";
import { answered } from "./answered.ts";
import { type BrowserLease, leaseBrowser } from "./browser.ts";
import { pageOf } from "./pages.ts";

/** Of a task, in the page's pixels; around it are the benchmark's own gauges. */
const TASK_AREA = { x: 0, y: 0, width: 160, height: 210 };
const WINDOW = { width: 500, height: 320 };
/** Scripts that run in a page before its own. */
const IN_PAGE = ["in-page.js", "in-page-elements.js"].map((name) => fileURLToPath(new URL(name, import.meta.url)));
/** When a task begins, in milliseconds: by the page's date, since 1970, and by its stopwatch, since it was opened. */
const START = { date: 60_000, elapsed: 1_000 };
const DRAG_STEPS = 8;
/** A page that is not ready after so many waits will never be. */
const MAX_WAITS = 40;

export interface WebPageOptions {
  /** A Chromium, a name in PATH or a path. */
  readonly browser: string;
  /** MiniWoB++'s `html`; null: where Python has it. */
  readonly pages: string | null;
  readonly mode: "train" | "test";
  /** Pixels of the screenshot a pixel of the page. */
  readonly pixelRatio: number;
  /** What passes after each action on the page's own clock, which stands still otherwise. */
  readonly settleMs: number;
  /** How long the browser may take for one answer. */
  readonly answerMs: number;
}

/** How an episode stands. */
export interface WebOutcome {
  readonly isDone: boolean;
  /** MiniWoB++'s raw reward, −1 to 1; 0 while the episode runs. */
  readonly reward: number;
}

/**
 * A page of MiniWoB++, touched like a phone: taps are clicks; a swipe scrolls what scrolls under it, and drags otherwise; of
 * the keys a page knows Enter alone. A fresh browser context an episode, and a clock that only actions move, so that
 * equal actions lead to equal pictures.
 */
export class WebPage implements Touchable {
  readonly name: string;
  readonly #options: WebPageOptions;
  #lease: BrowserLease | undefined;
  #context: BrowserContext | undefined;
  #page: Page | undefined;

  constructor(options: WebPageOptions) {
    this.#options = options;
    this.name = `page:${options.browser}`;
  }

  /**
   * Begins a task's episode and says what it asks for.
   * @throws DeviceError `absent` when there is no browser, no pages, or no such task.
   */
  async begin(task: string, seed: number): Promise<string> {
    const { pages, mode, pixelRatio } = this.#options;
    const address = await pageOf(task, pages);
    const browser = await this.#browser();
    return this.#limited(async () => {
      await this.#leave();
      this.#context = await browser.newContext({ viewport: WINDOW, deviceScaleFactor: pixelRatio });
      for (const path of IN_PAGE) await this.#context.addInitScript({ path });
      await this.#context.clock.install({ time: 0 });
      await this.#context.clock.pauseAt(1);
      const page = await this.#context.newPage();
      this.#page = page;
      await page.goto(address);
      await alignClock(page);
      await page.evaluate(`cosoPage.begin(${seed}, ${JSON.stringify(mode)})`);
      await this.#settle(page);
      for (let wait = 0; !(await page.evaluate("cosoPage.isReady()")); wait++) {
        if (wait === MAX_WAITS) throw new DeviceError("silent", `${this.name}: ${task} does not get ready`);
        await this.#settle(page);
      }
      return String(await page.evaluate("cosoPage.instruction()"));
    });
  }

  outcome(): Promise<WebOutcome> {
    return this.#answer(async (page) => (await page.evaluate("cosoPage.outcome()")) as WebOutcome);
  }

  screenshot(): Promise<RgbImage> {
    return this.#answer(async (page) => decodePng(await page.screenshot({ clip: TASK_AREA, animations: "disabled" })));
  }

  /** What in the task's area answers to a finger, as far as a page tells: in-page-elements.js says by what. */
  elements(): Promise<readonly ScreenElement[]> {
    return this.#answer(async (page) => {
      const found = (await page.evaluate(`cosoPage.elements(${JSON.stringify(TASK_AREA)})`)) as ScreenElement[];
      return found.map(({ box, ...element }) => ({ ...element, box: inShares(box) }));
    });
  }

  tap(at: ScreenPoint): Promise<void> {
    return this.#act(async (page) => {
      if (isOutside(at)) return;
      const { x, y } = inPixels(at);
      await page.mouse.click(x, y);
    });
  }

  hold(at: ScreenPoint): Promise<void> {
    return this.#act(async (page) => {
      if (isOutside(at)) return;
      const { x, y } = inPixels(at);
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.clock.runFor(HOLD_MS);
      await page.mouse.up();
    });
  }

  swipe(from: ScreenPoint, to: ScreenPoint): Promise<void> {
    return this.#act(async (page) => {
      if (isOutside(from) || isOutside(to)) return;
      const [start, end] = [inPixels(from), inPixels(to)];
      const by = { dx: end.x - start.x, dy: end.y - start.y };
      if (await page.evaluate(`cosoPage.scroll(${JSON.stringify(start)}, ${JSON.stringify(by)})`)) return;
      await page.evaluate("cosoPage.beforeDrag()");
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move(end.x, end.y, { steps: DRAG_STEPS });
      await page.mouse.up();
      await page.evaluate(`cosoPage.afterDrag(${JSON.stringify(start)}, ${JSON.stringify(end)})`);
    });
  }

  type(text: string): Promise<void> {
    return this.#act((page) => page.keyboard.type(text));
  }

  press(key: PhoneKey): Promise<void> {
    return this.#act(async (page) => {
      if (key === "enter") await page.keyboard.press("Enter");
    });
  }

  /** Gives the browser back; it may be closed twice. */
  async close(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await this.#leave();
    await lease?.giveBack();
  }

  /** The one it has, or another where that was lost. */
  async #browser(): Promise<BrowserLease["browser"]> {
    if (this.#lease?.browser.isConnected() === false) await this.close();
    this.#lease ??= await leaseBrowser(this.#options.browser);
    return this.#lease.browser;
  }

  #act(action: (page: Page) => Promise<void>): Promise<void> {
    return this.#answer(async (page) => {
      await action(page);
      await this.#settle(page);
    });
  }

  async #settle(page: Page): Promise<void> {
    await page.clock.runFor(this.#options.settleMs);
  }

  #answer<Answer>(ask: (page: Page) => Promise<Answer>): Promise<Answer> {
    const page = this.#page;
    if (page === undefined) throw new DeviceError("absent", `${this.name}: no page: an episode begins with reset`);
    return this.#limited(() => ask(page));
  }

  async #limited<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await answered(this.name, this.#options.answerMs, ask);
    } catch (error) {
      // A page that hangs takes its time to close, too.
      void this.#leave();
      throw error;
    }
  }

  async #leave(): Promise<void> {
    const context = this.#context;
    this.#context = undefined;
    this.#page = undefined;
    // A browser that is gone has closed everything.
    await context?.close().catch(() => undefined);
  }
}

/** Some milliseconds pass before a clock stands still, and frames are counted from when it began. */
async function alignClock(page: Page): Promise<void> {
  await page.clock.runFor(Math.max(0, START.elapsed - Number(await page.evaluate("performance.now()"))));
  await page.clock.setSystemTime(START.date);
}

function isOutside({ x, y }: ScreenPoint): boolean {
  return !(x >= 0 && x < 1 && y >= 0 && y < 1);
}

function inShares({ x, y, width, height }: ScreenBox): ScreenBox {
  const across = TASK_AREA.width;
  const down = TASK_AREA.height;
  return { x: x / across, y: y / down, width: width / across, height: height / down };
}

function inPixels({ x, y }: ScreenPoint): { x: number; y: number } {
  return { x: x * TASK_AREA.width, y: y * TASK_AREA.height };
}
