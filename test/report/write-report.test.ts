import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { type WrittenReport, writeReport } from "../../ts/report/write-report.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { expectWellFormed } from "./well-formed.ts";

describe("writeReport", () => {
  const path = temporaryFolder();

  describe("of one run", () => {
    let report: WrittenReport;
    let page = "";
    before(async () => {
      writeRun(path("run"));
      report = await writeReport([path("run")], path("run", "report"));
      page = readFileSync(report.page, "utf8");
    });

    it("is a well-formed page that a screen reader finds its way in", () => {
      expectWellFormed(page);
      expectAccessible(page);
    });

    it("loads nothing, and lets nothing be loaded", () => expectSelfContained(page, path("run", "report")));

    it("holds what was run and how it went", () => {
      expect(page).to.include("CoSo on numberline, seed 1").and.to.include("3f9c2e7d51b04a8896ff1d20c7e5a4b39d8c6e01");
      expect(page).to.include('<td class="number" data-value="0.965">193/200</td>').and.to.include("[93.0, 98.3]");
      expect(page.match(/class="utterance"/g)).to.have.length(8);
      expect(page.match(/<img src="data:image\/png;base64,iVBOR/g)).to.have.length(8);
    });

    it("writes tables for people and for programs", () => {
      expect(readFileSync(report.tables.markdown, "utf8")).to.include("| after CoSo | sampled | 193/200 | 96.5 % |");
      const [header = "", ...rows] = readFileSync(report.tables.csv, "utf8").trimEnd().split("\r\n");
      expect(rows).to.have.length(6);
      expect(rows.every((row) => row.split(",").length === header.split(",").length)).to.equal(true);
      const { stages } = JSON.parse(readFileSync(report.tables.json, "utf8"));
      expect(stages[4]).to.include({ stage: "after CoSo", decoding: "sampled", successes: 193, rate: 0.965 });
    });

    it("writes every figure as SVG and PNG", () => {
      expect(report.figures).to.have.length(6);
      expect(report.figures.every(existsSync)).to.equal(true);
    });

    it("tells the same in plain text", () => {
      expect(report.text).to.match(/after CoSo {2}sampled {3}193\/200 {3}96\.5 % {3}\[93\.0, 98\.3\]/);
      expect(report.text).to.include("Strongest tokens by causal weight").and.to.include("Seconds by phase");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is no colour is what is tested.
      expect(report.text).not.to.match(/\u001b/);
    });

    it("comes out the same twice", async () => {
      const again = await writeReport([path("run")], path("again"));
      expect(readFileSync(again.page, "utf8")).to.equal(page);
    });
  });

  it("escapes a model's words wherever they stand", async () => {
    const { explanations } = writeRun(path("hostile"));
    const attack = "</style></p><script>alert(1)</script>";
    const hostile = explanations.map(({ tokens, ...rest }) => ({
      ...rest,
      prompt: attack,
      action: attack,
      tokens: tokens.map((token) => ({ ...token, text: attack })),
    }));
    writeFileSync(path("hostile", "explanations.json"), JSON.stringify(hostile));
    const { page } = await writeReport([path("hostile")], path("hostile", "report"));
    const markup = readFileSync(page, "utf8");
    expectWellFormed(markup);
    expect(markup.match(/<script/g)).to.have.length(1);
    expect(markup).not.to.include("<script>alert");
  });

  it("shows an unfinished run as far as it went", async () => {
    writeRun(path("killed"), { finished: false, iterations: 4 });
    const { page, unfinished } = await writeReport([path("killed")], path("killed", "report"));
    const markup = readFileSync(page, "utf8");
    expectWellFormed(markup);
    expect(markup).to.include("Unfinished: no summary.json: the run stopped after iteration 4");
    expect(markup).to.include("One point for each of 4 iterations").and.not.to.include("Where the time went");
    expect(unfinished.map(({ directory }) => directory)).to.deep.equal([path("killed")]);
  });

  it("shows entropies for a method without causal weights", async () => {
    writeRun(path("rl"), { entropy: "none" });
    const markup = readFileSync((await writeReport([path("rl")], path("rl", "report"))).page, "utf8");
    expect(markup).to.include("Utterances, token by token").and.to.include("entropy in nats");
    expect(markup).not.to.include("Distribution of causal weights");
  });

  it("compares several runs", async () => {
    const runs = (["none", "causal"] as const).flatMap((entropy) =>
      [1, 2, 3].map((seed) => {
        const directory = path("sweep", `${entropy}-${seed}`);
        writeRun(directory, { entropy, seed, finalSuccess: entropy === "none" ? 0.8 : 0.97, iterations: 8 });
        return directory;
      }),
    );
    const report = await writeReport(runs, path("comparison"));
    const page = readFileSync(report.page, "utf8");
    expectWellFormed(page);
    expectAccessible(page);
    expectSelfContained(page, path("comparison"));
    expect(page).to.include('<th scope="row">CoSo − RL</th>').and.to.include("CoSo (3 seeds)");
    const { groups, differences, stages } = JSON.parse(readFileSync(report.tables.json, "utf8"));
    expect(groups.map(({ label }: { label: string }) => label)).to.deep.equal(["RL", "CoSo"]);
    expect(differences[0]).to.include({ pairs: 3, probabilityOfImprovement: 1 });
    expect(stages).to.have.length(6 * 6);
  });

  function expectAccessible(page: string): void {
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).to.have.length(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).to.be.at.most(1);
    for (const landmark of ["<header>", "<main>", "<footer>", '<html lang="en">']) expect(page).to.include(landmark);
    for (const [tag] of page.matchAll(/<th[ >][^>]*/g)) expect(tag).to.match(/scope="(row|col)"/);
    for (const [tag] of page.matchAll(/<img [^>]*>/g)) expect(tag).to.match(/alt="[^"]+"/);
    for (const [tag] of page.matchAll(/<svg [^>]*>/g)) expect(tag).to.match(/role="img" aria-label="[^"]+"/);
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).to.equal(ids.length);
  }

  function expectSelfContained(page: string, directory: string): void {
    const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-";
    expect(page).to.include(`content="${policy.replaceAll("'", "&#39;")}`);
    const elsewhere = page
      .replaceAll(/ xmlns(:xlink)?="http:\/\/www\.w3\.org\/[^"]+"/g, "")
      .replaceAll(/data:image\/png;base64,[A-Za-z0-9+/=]+/g, "");
    expect(elsewhere).not.to.match(/https?:|\/\/[a-z]|@import|url\((?!#)/i);
    for (const [, target = ""] of page.matchAll(/ href="([^"]+)"/g)) {
      expect(existsSync(`${directory}/${target}`), target).to.equal(true);
    }
  }
});
