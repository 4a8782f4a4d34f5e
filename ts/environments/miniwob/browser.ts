import { type Browser, chromium } from "playwright-core";
import { DeviceError, messageOf } from "../../errors.ts";
import { programPath } from "../../processes/program-path.ts";

const LAUNCH_TIMEOUT_MS = 60_000;

const REPEATABLE = [
  // A layer that is drawn anew in part differs, at its edges, from one that is drawn at once; which happens hangs on timing.
  "--disable-partial-raster",
  // Scrolling that takes its time takes the real one, not the page's.
  "--disable-smooth-scrolling",
];

interface Shared {
  readonly opened: Promise<Browser>;
  users: number;
}

/** One browser a program, for all environments of this process. */
const browsers = new Map<string, Shared>();

/** A browser that is shared; give it back once. */
export interface BrowserLease {
  readonly browser: Browser;
  giveBack(): Promise<void>;
}

/**
 * Starts `program`, a name in PATH or a path, unless it runs already. It ends when nobody has it any more, and with this
 * process.
 * @throws DeviceError `absent` when there is no such program, `refused` when it does not start.
 */
export async function leaseBrowser(program: string): Promise<BrowserLease> {
  const shared = browsers.get(program) ?? { opened: launch(program), users: 0 };
  browsers.set(program, shared);
  shared.users++;
  const forget = () => {
    if (browsers.get(program) === shared) browsers.delete(program);
  };
  try {
    const browser = await shared.opened;
    browser.once("disconnected", forget);
    return {
      browser,
      giveBack: async () => {
        shared.users--;
        if (shared.users > 0) return;
        forget();
        await browser.close();
      },
    };
  } catch (error) {
    forget();
    throw error;
  }
}

async function launch(program: string): Promise<Browser> {
  const executablePath = await programPath(program);
  if (executablePath === undefined) {
    const mend = "apt-get install chromium, or let environment.settings.browser name a Chromium or Chrome";
    throw new DeviceError("absent", `no program ${program} in PATH; ${mend}`);
  }
  try {
    return await chromium.launch({
      executablePath,
      timeout: LAUNCH_TIMEOUT_MS,
      args: REPEATABLE,
      // Ctrl-C means that a run is to be saved, for which its environments still have to answer.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (error) {
    throw new DeviceError("refused", `${executablePath} does not start: ${messageOf(error)}`, { cause: error });
  }
}
