import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { type BrowserLease, leaseBrowser } from "../ts/environments/miniwob/browser.ts";

/** How a page is looked at: its width in CSS pixels, and what the reader's system prefers. */
export interface View {
  width: number;
  scheme: "light" | "dark";
}

/** A desk and a telephone, by day and by night. */
export const VIEWS: readonly View[] = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
];

const HEIGHT = 900;

/** A `describe` that is skipped in words where there is no browser; generous with time, for a browser starts in it. */
export function describeWithBrowser(title: string, tests: () => void): void {
  const isThere = spawnSync("chromium", ["--version"]).status === 0;
  describe(title, function () {
    this.timeout(120_000);
    if (isThere) tests();
    else it.skip("(chromium is not installed: apt-get install chromium)");
  });
}

/** A browser that pages are audited in, from before the tests of a `describe` until after them. */
export class PageAudit {
  #lease: BrowserLease | undefined;

  constructor() {
    before(async () => {
      this.#lease = await leaseBrowser("chromium");
    });
    after(async () => {
      await this.#lease?.giveBack();
    });
  }

  /**
   * Opens a page and does something with it; whatever it logs as an error or throws fails the test.
   * @param address of a server, or the path of a file.
   */
  async open<T>(address: string, { width, scheme }: View, use: (page: Page) => Promise<T>): Promise<T> {
    if (this.#lease === undefined) throw new Error("the browser is there within tests only");
    const context = await this.#lease.browser.newContext({ viewport: { width, height: HEIGHT }, colorScheme: scheme });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      await page.goto(/^https?:/.test(address) ? address : pathToFileURL(address).href);
      const result = await use(page);
      if (complaints.length > 0) throw new Error(`the page complained: ${complaints.join("; ")}`);
      return result;
    } finally {
      await context.close();
    }
  }

  /**
   * What axe finds that is serious or critical, a line each with where it is; and a body that scrolls sideways.
   * @param shown selects what is there once the page is complete.
   */
  async violations(address: string, view: View, shown = "body"): Promise<string[]> {
    return this.open(address, view, async (page) => {
      await page.locator(shown).first().waitFor();
      // As text, which a page's policy does not forbid; there are no types of a browser here.
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
      const serious = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      const overflow = await page.evaluate<number>(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      return overflow > 0 ? [...serious, `the body scrolls sideways by ${overflow} px`] : serious;
    });
  }
}
