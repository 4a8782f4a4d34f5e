import { expect } from "chai";
import fc from "fast-check";
import { NARROW, renderFigure, standalone, WIDE } from "../../ts/report/figures/chart.ts";
import { DARK, darkened, LIGHT } from "../../ts/report/figures/colours.ts";
import { rasterise } from "../../ts/report/figures/rasterise.ts";
import { samplePanels } from "../../ts/report/figures/sample-panels.ts";
import { flow } from "../../ts/report/figures/text-flow.ts";
import { tokenMap } from "../../ts/report/figures/token-map.ts";
import { weightSharesFigure } from "../../ts/report/figures/weight-shares.ts";
import { expectWellFormed } from "./well-formed.ts";

const pieces = (...texts: string[]) => texts.map((text) => ({ text }));
const linesOf = (texts: string[], columns: number): string[] => {
  const { placed, lines } = flow(pieces(...texts), columns);
  return Array.from({ length: lines }, (_, line) =>
    placed
      .filter((piece) => piece.line === line)
      .map(({ text }) => text)
      .join(""),
  );
};

describe("text in lines", () => {
  it("breaks before words, keeps their pieces together, and drops the blank that a line would begin with", () => {
    expect(linesOf(["The", " current", " num", "ber", "."], 12)).to.deep.equal(["The current", "number."]);
  });

  it("cuts what is longer than a line, and breaks where a newline is", () => {
    expect(linesOf(["abcdefgh"], 3)).to.deep.equal(["abc", "def", "gh"]);
    expect(linesOf(["a\n", "b"], 9)).to.deep.equal(["a", "b"]);
  });

  it("gives a piece the cells it needs, and marks where it begins", () => {
    const { placed } = flow([{ text: "ab" }, { text: "-", minCells: 4 }, { text: "}" }], 20);
    expect(placed.map(({ column, cells }) => [column, cells])).to.deep.equal([
      [0, 2],
      [2, 4],
      [6, 1],
    ]);
    expect(flow(pieces("abcdef"), 4).placed.map(({ isFirst }) => isFirst)).to.deep.equal([true, false]);
  });

  it("never loses a character but blanks, nor leaves a line's end", () => {
    const text = fc.array(fc.constantFrom("a", "bc", " d", "\n", " ", "longerword", "-"), { maxLength: 30 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 12 }), (texts, columns) => {
        const { placed } = flow(pieces(...texts), columns);
        expect(placed.every(({ column, cells }) => column + cells <= columns)).to.equal(true);
        const dense = (all: readonly string[]) => all.join("").replace(/\s/g, "");
        expect(dense(placed.map((piece) => piece.text))).to.equal(dense(texts));
      }),
    );
  });
});

describe("heat maps as a picture", () => {
  const drawing = tokenMap({ id: "e1", title: "Weights <1>" }, [
    {
      heading: 'Action "+"',
      image: null,
      rows: [
        {
          label: "SCM",
          tokens: [
            { text: "a<b", value: 0.5 },
            { text: "+", value: 0.99 },
            { text: "", value: 0.01 },
          ],
        },
        {
          label: "exact",
          tokens: [
            { text: "a<b", value: 0 },
            { text: "+", value: 1 },
            { text: "", value: 0 },
          ],
        },
      ],
    },
  ]);

  it("shade by weight, and say the same by underlines and numbers", () => {
    expectWellFormed(drawing.svg);
    const shades = [
      ...drawing.svg.matchAll(new RegExp(`height="20" fill="${LIGHT.vermillion}" fill-opacity="([\\d.]+)"`, "g")),
    ];
    const told = shades.slice(5).map(([, opacity]) => Number(opacity));
    expect(told).to.deep.equal([0.36, 0.71, 0.01, 0.72]);
    const thickness = [...drawing.svg.matchAll(new RegExp(`height="([\\d.]+)" fill="${LIGHT.ink}"`, "g"))].slice(5);
    expect(thickness.map(([, height]) => Number(height))).to.deep.equal([2, 3.96, 0.04, 4]);
    const numbers = [...drawing.svg.matchAll(/font-size="10"[^>]*>([\d.]+)</g)].map(([, number]) => number);
    expect(numbers).to.deep.equal(["0.50", "0.99", "1.00"]);
  });

  it("become PNG, dark ones in dark colours throughout", () => {
    const dark = darkened(drawing.svg);
    for (const colour of Object.values(LIGHT)) expect(dark).not.to.include(`"${colour}"`);
    expect(dark).to.include(DARK.paper);
    expect(rasterise(dark).equals(rasterise(drawing.svg))).to.equal(false);
  });
});

describe("repeated sampling as a picture", () => {
  const sample = { outcome: 'Action "+"', formatErrors: [], utterance: '{"action": "+"}', span: [12, 13] as const };
  const panel = (heading: string) => ({
    heading,
    facts: [["Distinct actions", "1 in 2 samples"]] as const,
    samples: [
      sample,
      { ...sample, outcome: "No action", formatErrors: ["no action key"], utterance: "no", span: null },
    ],
  });

  it("marks what decides, and a broken format by bars, a cross and its reason", () => {
    const { svg } = samplePanels({ id: "s", title: "t" }, [panel("CoSo")]);
    expectWellFormed(svg);
    expect(svg).to.match(new RegExp(`fill="${LIGHT.blue}" fill-opacity="0.24"/>.*?>\\+</text>`, "s"));
    expect(svg).to.include("2. ✗ No action · no action key");
    expect(svg.split(`width="2" height`).length - 1).to.equal(2);
  });

  it("stands side by side, three abreast", () => {
    const size = (count: number) => {
      const { svg } = samplePanels(
        { id: "s", title: "t" },
        Array.from({ length: count }, () => panel("RL")),
      );
      const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
      return { width: Number(width), height: Number(height) };
    };
    expect(size(3).width).to.be.above(size(2).width);
    expect(size(4).width).to.equal(size(3).width);
    expect(size(4).height).to.be.above(size(3).height);
  });
});

describe("shares of weights", () => {
  const figure = weightSharesFigure({ id: "e2", title: "Distribution" }, [
    { name: "SCM", look: "filled", shares: [0.97, 0.0299, 0.0001, 0, 0] },
    { name: "exact", look: "hollow", shares: [0.9, 0, 0, 0, 0.1] },
  ]);
  const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]+)<\/text>/g)].map(([, text]) => text);

  it("are told by bars and numbers, one method filled and the other hollow", () => {
    const svg = renderFigure(figure, WIDE);
    expectWellFormed(standalone(svg, figure));
    expect(textsOf(svg)).to.include.members(["97.0 %", "&lt; 0.1 %", "10.0 %", "[0, 0.2)", "[0.8, 1]", "SCM", "exact"]);
    expect(svg).to.include(`fill="${LIGHT.blue}" stroke="${LIGHT.blue}"`);
    expect(svg).to.include(`fill="${LIGHT.paper}" stroke="${LIGHT.vermillion}"`);
    expect(figure.description).to.include("SCM: 97.0 % in [0, 0.2)");
  });

  it("fit a telephone", () => {
    expect(textsOf(renderFigure(figure, NARROW))).to.include.members(["97.0", "[0.2, 0.4)"]);
  });
});
