import { expect } from "chai";
import { heatMap, measureOf, strongest } from "../../ts/report/heat-map.ts";
import type { ExplainedToken, Explanation } from "../../ts/report/run-schema.ts";
import { causalTokens } from "../../ts/report/terminal.ts";
import { expectWellFormed } from "./well-formed.ts";

const token = (text: string, weight: number | null, entropy = 0.1): ExplainedToken => ({
  text,
  weight,
  entropy,
  logProb: -0.1,
});

function explanationOf(tokens: ExplainedToken[], rest: Partial<Explanation> = {}): Explanation {
  const utterance = tokens.map(({ text }) => text).join("");
  return { prompt: "Go.", image: null, utterance, action: "+", parse: "action", tokens, ...rest };
}

const markupOf = (explanation: Explanation) => heatMap(explanation, measureOf([explanation]), null).markup;

describe("heatMap", () => {
  it("shades by weight, and puts the number under the three strongest tokens", () => {
    const tokens = [token("a", 0.1), token("b", 0.9), token("c", 0.004), token("d", 0.5), token("e", 0.3)];
    const markup = markupOf(explanationOf(tokens));
    expectWellFormed(markup);
    const numbers = [...markup.matchAll(/<ruby[^>]*>(.)<rp>\(<\/rp><rt>([\d.]+)<\/rt>/g)].map(([, ...pair]) => pair);
    expect(numbers).to.deep.equal([
      ["b", "0.90"],
      ["d", "0.50"],
      ["e", "0.30"],
    ]);
    expect(markup).to.include('<span class="token" style="--strength: 0.100" data-value="0.10" tabindex="0">a</span>');
    expect(markup).to.include('<span class="token" data-value="0.00">c</span>');
  });

  it("escapes whatever a model says", () => {
    const attack = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;
    const explanation = explanationOf([token(attack, 0.5), token(attack, 0)], { prompt: attack, action: attack });
    const markup = markupOf(explanation);
    expectWellFormed(markup);
    expect(markup).not.to.include("<script").and.not.to.include("<img");
    expect(markup).to.include("&lt;script&gt;alert(1)&lt;/script&gt;");
  });

  it("shows blanks", () => {
    const markup = markupOf(explanationOf([token("{", 0), token("\n", 0), token("  ", 0), token("x", 0.5)]));
    expect(markup).to.match(/<span class="token blank"[^>]*>↵\n<\/span><span class="token blank"[^>]*>␣␣<\/span>/);
  });

  it("says when an utterance parses to nothing", () => {
    expect(markupOf(explanationOf([token("x", 0)], { parse: "invalid", action: "" }))).to.include(
      "No action could be parsed",
    );
  });

  it("falls back to entropy, against the largest, where there are no weights", () => {
    const explanation = explanationOf([token("a", null, 0.5), token("b", null, 2)]);
    const measure = measureOf([explanation]);
    expect(measure).to.include({ name: "entropy in nats", scale: 2 });
    expect(markupOf(explanation)).to.include("--strength: 0.250");
  });

  it("has no strongest tokens where all would read 0.00", () => {
    const tokens = [token("a", 0), token("b", 0.004)];
    expect(strongest(tokens, measureOf([explanationOf(tokens)]), 3)).to.deep.equal([]);
  });
});

describe("causalTokens", () => {
  it("tells action and strongest tokens, safe to print", () => {
    const explanations = [
      explanationOf([token('"', 0.01), token("\u001b[2J+", 0.8), token(" right", 0.25), token("\n", 0.1)]),
      explanationOf([token("x", 0)], { parse: "invalid" }),
      explanationOf([token("y", 0.5)]),
    ];
    expect(causalTokens(explanations, 2)).to.equal(
      [
        "Strongest tokens by causal weight",
        '  action "+": "⟨U+001B⟩[2J+" 0.80, " right" 0.25, "↵" 0.10',
        "  no action: no token of any weight",
      ].join("\n"),
    );
  });
});
