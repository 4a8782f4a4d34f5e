import { expect } from "chai";
import type { Page } from "playwright-core";
import { type BrowserLease, leaseBrowser } from "../../ts/environments/miniwob/browser.ts";
import { serveViewer, type Viewer } from "../../ts/view/serve.ts";
import { describeWithBrowser, PageAudit, VIEWS } from "../page-audit.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { writeTokens, writeViewedRun } from "./viewed-folder.ts";

const HOSTILE = `<img src=x onerror="document.title='broken in'"><script>document.title='broken in'</script> +`;

/** What pages show once the server has answered. */
const COMPLETE = ":is(.run, .u-over, .episode, .token)";

describeWithBrowser("the viewer's page", () => {
  const path = temporaryFolder();
  const audit = new PageAudit();
  let viewer: Viewer;
  let lease: BrowserLease | undefined;
  let page: Page;
  const errors: string[] = [];

  const open = async (address: string) => {
    await page.goto(new URL(address, viewer.url).href);
    await page.locator("h1").waitFor();
  };
  const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const tokens = () => page.locator(".said .tokens .token");

  before(async () => {
    const long = Array.from({ length: 60 }, () => ({ utterances: ["+"] }));
    writeViewedRun(path("runs", "coso"), [
      { utterances: ["go +", "then +", "stop"], success: false },
      { utterances: [HOSTILE] },
      ...long,
    ]);
    writeTokens(path("runs", "coso"), 1, ["go", " +", ""]);
    writeTokens(path("runs", "coso"), 2, ["then", " +", ""]);
    writeTokens(path("runs", "coso"), 4, [HOSTILE.slice(0, 20), HOSTILE.slice(20)]);
    writeViewedRun(path("runs", "rl"), [{ utterances: ["well +"] }], { entropy: "none" });
    writeTokens(path("runs", "rl"), 1, ["well", " +", ""], false);
    writeViewedRun(path("runs", "a-name-as-long-as-those-of-sweeps,coefficient=0.0001,seed1"), [{ utterances: ["+"] }]);
    viewer = await serveViewer(path("runs"), 0);
    lease = await leaseBrowser("chromium");
    page = await lease.browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", ({ message }) => errors.push(message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  });
  after(async () => {
    await page?.close();
    await lease?.giveBack();
    await viewer?.close();
  });
  afterEach(() => expect(errors.splice(0)).to.deep.equal([]));

  it("leads from all runs to one, its episodes, a step and its tokens, and back", async () => {
    await open("/");
    await page.getByRole("link", { name: /^coso/ }).click();
    await heading("coso");
    await page.getByRole("img", { name: /rollout\/success over environment steps/ }).waitFor();
    await page.getByRole("link", { name: "62 episodes" }).click();
    await heading("Episodes");
    await page.getByLabel("Outcome").selectOption("failure");
    await page.getByText("1 episode of 62").waitFor();
    await page.getByRole("link", { name: /#1 / }).click();
    await heading("Episode 1");
    await tokens().first().waitFor();
    expect(await tokens().allTextContents()).to.deep.equal(["go", " +", "∅"]);
    expect(await page.locator(".said .deciding").first().textContent()).to.equal("+");
    await page.goBack();
    await page.getByText("1 episode of 62").waitFor();
    expect(page.url()).to.include("outcome=failure");
  });

  it("colours tokens by what the run has, and says why it lacks the rest", async () => {
    await open("/runs/coso/episodes/1");
    await tokens().first().waitFor();
    const shades = () =>
      page.evaluate<string[]>(
        "[...document.querySelectorAll('.said .tokens .token')].map((token) => getComputedStyle(token).backgroundColor)",
      );
    const byWeight = await shades();
    expect(new Set(byWeight).size).to.equal(3);
    await page.getByRole("radio", { name: "entropy" }).check();
    expect(page.url()).to.include("colour=entropy");
    expect(await shades()).to.not.deep.equal(byWeight);
    await page.getByRole("radio", { name: "advantage" }).check();
    expect(new Set(await shades()).size).to.equal(1);
    await open("/runs/rl/episodes/1");
    await page.getByText("Not to be had: causal weight: RL computes no causal weights.").waitFor();
    expect(await page.getByRole("radio").count()).to.equal(3);
    await open("/runs/coso/episodes/5");
    await page.getByText(/Tokens were not recorded here/).waitFor();
  });

  it("obeys the keyboard, and holds everything in its address", async () => {
    await open("/runs/coso/episodes/1?step=1");
    await page.getByRole("heading", { name: "Step 1 of 3" }).waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("l");
    await page.getByRole("heading", { name: "Step 3 of 3" }).waitFor();
    await page.getByText("No action: no legal action").waitFor();
    expect(page.url()).to.include("step=3");
    await page.reload();
    await page.getByRole("heading", { name: "Step 3 of 3" }).waitFor();
    await page.keyboard.press("j");
    await heading("Episode 2");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Escape");
    await heading("Episode 2");
    await page.keyboard.press("u");
    await heading("Episodes");
    await page.getByText("Page 1 of 2").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.getByText("Page 2 of 2").waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await heading("Episode 11");
  });

  it("sets two runs side by side at the same state", async () => {
    await open("/runs/coso/episodes/1?step=2");
    await page.keyboard.press("c");
    await heading("Two runs at one state");
    const [left, right] = [page.locator(".side").first(), page.locator(".side").last()];
    await left.getByText("episode 1, step 2").waitFor();
    await right.getByText("episode 1, step 1").waitFor();
    expect(await left.locator(".tokens .token").allTextContents()).to.deep.equal(["then", " +", "∅"]);
    await left.getByRole("button", { name: "Next utterance" }).click();
    await left.getByText("2 of 40").waitFor();
    await page.getByLabel("Run on the right").selectOption("coso");
    await right.getByText("episode 2, step 1").waitFor();
    await page.keyboard.press("j");
    await right.getByText("2 of 40").waitFor();
  });

  it("says in words what an address asks for in vain", async () => {
    const told: [address: string, words: string | RegExp][] = [
      ["/?q=nobody", /^No run has “nobody” in its name/],
      ["/runs/coso?metric=no/such", "The run has no value of it."],
      ["/compare", /^The address names no run/],
      ["/compare?run=coso&episode=1&step=9", "Episode 1 has no step 9; it has 3 steps."],
    ];
    for (const [address, words] of told) {
      await open(address);
      await page.getByText(words).waitFor();
    }
  });

  it("shows new episodes while it is looked at", async () => {
    await open("/runs/rl/episodes");
    await page.getByText("1 training episode", { exact: true }).waitFor();
    writeViewedRun(path("runs", "rl"), [{ utterances: ["well +"] }, { utterances: ["+"] }], { entropy: "none" });
    await page.getByText("2 training episodes", { exact: true }).waitFor();
  });

  it("runs nothing that a model wrote", async () => {
    for (const address of ["/runs/coso/episodes/2", "/compare?run=coso&episode=2&step=1&right=coso"]) {
      await open(address);
      await page.locator(".tokens").first().waitFor();
      expect(await page.locator(".tokens").first().textContent()).to.equal(HOSTILE);
      expect(await page.title()).to.not.include("broken in");
      expect(await page.locator(".tokens :is(img, script)").count()).to.equal(0);
    }
  });

  it("keeps its lists of choices within a telephone", async () => {
    await audit.open(new URL("/runs/coso", viewer.url).href, { width: 390, scheme: "light" }, async (narrow) => {
      for (const name of ["Metrics", "Beside"]) {
        const summary = narrow.locator("summary", { hasText: name });
        await summary.click();
        const box = await narrow.locator("details[open] fieldset").boundingBox();
        expect(box?.x).to.be.at.least(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).to.be.at.most(390);
        await summary.click();
      }
    });
  });

  const pages = {
    "all runs": "/",
    "a run": "/runs/coso?with=rl",
    episodes: "/runs/coso/episodes?outcome=failure",
    "an episode": "/runs/coso/episodes/1",
    "two runs at one state": "/compare?run=coso&episode=1&step=1&right=rl",
  };
  for (const [name, address] of Object.entries(pages)) {
    it(`has no serious fault of accessibility and no overflow, light or dark, wide or narrow: ${name}`, async () => {
      for (const view of VIEWS) {
        const found = await audit.violations(new URL(address, viewer.url).href, view, COMPLETE);
        expect(found, `${view.scheme}, ${view.width}`).to.deep.equal([]);
      }
    });
  }
});
