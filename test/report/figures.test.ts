import { expect } from "chai";
import { RandomStreams } from "../../ts/random.ts";
import { type Figure, NARROW, renderFigure, standalone, WIDE } from "../../ts/report/figures/chart.ts";
import { DARK, LIGHT, themed } from "../../ts/report/figures/colours.ts";
import { comparedCurves } from "../../ts/report/figures/compared-curves.ts";
import { rasterise } from "../../ts/report/figures/rasterise.ts";
import { stageBars } from "../../ts/report/figures/stage-bars.ts";
import { weightHistogram } from "../../ts/report/figures/weight-histogram.ts";
import { runFigures } from "../../ts/report/page/run-page.ts";
import { readRun } from "../../ts/report/read-run.ts";
import { groupRuns } from "../../ts/report/run-group.ts";
import { writeRun } from "../fixtures/run/write-run.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { expectWellFormed } from "./well-formed.ts";

describe("figures", () => {
  const path = temporaryFolder();
  let figures: Figure[] = [];

  before(async () => {
    writeRun(path("run"));
    figures = runFigures(await readRun(path("run")));
  });

  it("are a learning curve, the stages and the causal weights", () => {
    expect(figures.map(({ id }) => id)).to.deep.equal(["learning-curve", "stages", "causal-weights"]);
  });

  it("are well-formed SVG, described in words, with ids of their own", () => {
    const ids = figures.flatMap((figure) =>
      [WIDE, NARROW].flatMap((layout) => {
        const svg = renderFigure(figure, layout);
        expectWellFormed(svg);
        expect(svg).to.match(/^<svg role="img" aria-label="[^"]{40,}"/);
        expect(svg).not.to.match(/<script|<style|ecmeta|NaN|undefined/);
        return [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      }),
    );
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("come out the same twice", () => {
    for (const figure of figures) expect(renderFigure(figure, WIDE)).to.equal(renderFigure(figure, WIDE));
  });

  it("become PNG files of twice their size", () => {
    for (const figure of figures) {
      const png = rasterise(standalone(renderFigure(figure, WIDE), figure));
      expect(png.subarray(1, 4).toString()).to.equal("PNG");
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([WIDE.width * 2, WIDE.height * 2]);
    }
  });

  it("draw their text with the font that comes along", () => {
    const drawn = (text: string) =>
      rasterise(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text y="15">${text}</text></svg>`);
    expect(drawn("Ag").equals(drawn(""))).to.equal(false);
  });

  it("name what they show", () => {
    const [curve, stages, weights] = figures.map((figure) => textOf(renderFigure(figure, WIDE)));
    expect(curve).to.include.members([
      "Success in training",
      "Valid JSON",
      "Success in evaluation",
      "Environment steps",
    ]);
    expect(stages).to.include.members(["before SFT", "after SFT", "after CoSo", "Sampled", "Greedy", "96.5 %"]);
    expect(weights).to.include.members(["96.1 % under 0.2", "Causal weight B", "Tokens", "1,000"]);
  });

  it("follow the page's colours when themed, and leave no light one behind", () => {
    for (const figure of figures) {
      const svg = themed(renderFigure(figure, WIDE));
      expect(svg).to.include('"var(--ink)"');
      for (const colour of Object.values(LIGHT)) expect(svg).not.to.include(`"${colour}"`);
    }
  });

  it("give each role a colour of its own, light and dark", () => {
    for (const palette of [LIGHT, DARK]) {
      expect(new Set(Object.values(palette)).size).to.equal(Object.keys(palette).length);
    }
    expect(DARK).to.have.all.keys(Object.keys(LIGHT));
  });

  it("have nothing to draw without data", () => {
    expect(comparedCurves([], "success", new RandomStreams(0))).to.equal(null);
  });

  it("scale bars with rates, and leave empty bins out", () => {
    const evaluation = { successes: 1, episodes: 2, rate: 0.5, interval: [0.1, 0.9] as const };
    const rest = { validJson: 1, invalid: 0, meanReturn: 0 };
    const half = { ...evaluation, ...rest };
    const full = { ...half, successes: 2, rate: 1 };
    const bars = renderFigure(stageBars([{ stage: "s", sampled: half, greedy: full }]), WIDE);
    expect(barHeight(bars, LIGHT.orange) / barHeight(bars, LIGHT.blue)).to.be.closeTo(2, 0.05);

    const counts = Array.from({ length: 20 }, (_, bin) => (bin === 0 ? 100 : bin === 19 ? 1 : 0));
    const histogram = renderFigure(
      weightHistogram({ counts, tokens: 101, shareBelow02: 0.99, shareAbove05: 0.01, mean: 0.03 }),
      WIDE,
    );
    expect(histogram.split(`fill="${LIGHT.sky}"`)).to.have.length(2);
    expect(histogram.split(`fill="${LIGHT.blue}"`)).to.have.length(2);
  });

  it("draw a band where there are several seeds, and only there", async () => {
    writeRun(path("other-seed"), { seed: 2 });
    const [one, other] = [await readRun(path("run")), await readRun(path("other-seed"))];
    const bands = (runs: (typeof one)[]) => {
      const figure = comparedCurves(groupRuns(runs), "success", new RandomStreams(0));
      return figure === null ? -1 : renderFigure(figure, WIDE).split('opacity="0.2"').length - 1;
    };
    expect(bands([one])).to.equal(0);
    expect(bands([one, other])).to.equal(1);
  });

  function textOf(svg: string): string[] {
    return [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text ?? "");
  }

  /** Of the tallest path in this fill: bars are drawn as `M x y l w 0 l 0 h …`, legends far smaller. */
  function barHeight(svg: string, fill: string): number {
    const paths = [...svg.matchAll(new RegExp(`<path d="([^"]+)"[^>]*fill="${fill}"`, "g"))];
    return Math.max(
      ...paths.map(([, d = ""]) => {
        const lengths = [...d.matchAll(/l0 (-?[\d.]+)/g)].map(([, length]) => Math.abs(Number(length)));
        return Math.max(0, ...lengths);
      }),
    );
  }
});
