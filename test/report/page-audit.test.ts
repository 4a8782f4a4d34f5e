import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { writeReport } from "../../ts/report/write-report.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { describeWithBrowser, PageAudit, VIEWS } from "../page-audit.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describeWithBrowser("pages of reports in a browser", () => {
  const path = temporaryFolder();
  const audit = new PageAudit();
  const pages = { run: "", comparison: "" };

  before(async () => {
    const runs = (["none", "causal"] as const).flatMap((entropy) =>
      [1, 2, 3].map((seed) => {
        const directory = path("runs", `${entropy}-${seed}`);
        const { explanations } = writeRun(directory, { entropy, seed, iterations: 6 });
        // Axe looks at every token: one utterance shows what many do.
        writeFileSync(join(directory, "explanations.json"), JSON.stringify(explanations.slice(0, 1)));
        return directory;
      }),
    );
    pages.run = (await writeReport(runs.slice(-1), path("run"))).page;
    pages.comparison = (await writeReport(runs, path("comparison"))).page;
  });

  for (const view of VIEWS) {
    for (const name of ["run", "comparison"] as const) {
      it(`shows a ${name} without a serious fault of accessibility, ${view.scheme} at ${view.width} pixels`, async () => {
        expect(await audit.violations(pages[name], view)).to.deep.equal([]);
      });
    }
  }

  /** The first cells of the comparison's table of runs, top to bottom, after keys were pressed on a header. */
  const sortedBy = (header: string, presses: number) =>
    audit.open(pages.comparison, { width: 1280, scheme: "light" }, async (page) => {
      const table = page.getByRole("region", { name: /^Every run/ });
      const button = table.getByRole("button", { name: header, exact: true });
      await button.focus();
      for (let press = 0; press < presses; press++) await page.keyboard.press("Enter");
      const order = await table.getByRole("columnheader", { name: header, exact: true }).getAttribute("aria-sort");
      const column = (await table.getByRole("columnheader").allTextContents()).indexOf(header);
      return { order, cells: await table.locator(`tbody tr > :nth-child(${column + 1})`).allTextContents() };
    });

  it("sorts tables by the keyboard: numbers by value, largest first, and back to how they came", async () => {
    const came = await sortedBy("n/N", 0);
    const falling = await sortedBy("n/N", 1);
    const rising = await sortedBy("n/N", 2);
    const numbers = came.cells.map((cell) => Number(cell.split("/")[0]));
    expect(came.order).to.equal(null);
    expect(falling.order).to.equal("descending");
    expect(falling.cells.map((cell) => Number.parseInt(cell, 10))).to.deep.equal(numbers.toSorted((a, b) => b - a));
    expect(rising.order).to.equal("ascending");
    expect(rising.cells.map((cell) => Number.parseInt(cell, 10))).to.deep.equal(numbers.toSorted((a, b) => a - b));
    expect(await sortedBy("n/N", 3)).to.deep.equal(came);
  });
});
