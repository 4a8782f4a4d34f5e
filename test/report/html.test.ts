import { expect } from "chai";
import fc from "fast-check";
import { escapeMarkup, html, trusted } from "../../ts/report/html.ts";
import { expectWellFormed } from "./well-formed.ts";

describe("html", () => {
  it("escapes any text, in elements and in attributes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "a", "=", "/") }), (text) => {
        expectWellFormed(html`<p title="${text}">${text}</p>`.markup);
      }),
    );
  });

  it("keeps all of the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const back = escapeMarkup(text)
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&");
        expect(back).to.equal(text);
      }),
    );
  });

  it("nests its own markup, lists of it and nothing without escaping twice", () => {
    const items = ["<b>", "c"].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${null}${3}${trusted("<li>x</li>")}</ul>`.markup).to.equal(
      "<ul><li>&lt;b&gt;</li><li>c</li>3<li>x</li></ul>",
    );
  });
});
