import { expect } from "chai";
import fc from "fast-check";
import { escapeLatex, tablesLatex } from "../../ts/report/latex.ts";

const table = {
  caption: "Success, 95 % & more",
  columns: [{ title: "Runs" }, { title: "Mean", isNumber: true }],
  rows: [
    ["a_b", { text: "98.0 %", value: 0.98, isStrong: true }],
    ["[c]", { text: "−1.0", value: -1 }],
  ],
  totals: [["total", "–"]],
  note: "n = 3",
};

describe("tablesLatex", () => {
  it("sets a table as papers do, the supported best bold, sums below a rule", () => {
    expect(tablesLatex([table])).to.equal(String.raw`% In the preamble: \usepackage{booktabs}

\begin{table}
  \centering
  \caption{Success, 95 \% \& more.}
  \label{tab:success-95-more}
  \begin{tabular}{lr}
    \toprule
    Runs & Mean \\
    \midrule
    a\_b & \textbf{98.0 \%} \\
    {}[c] & $-$1.0 \\
    \midrule
    total & -- \\
    \bottomrule
  \end{tabular}

  \smallskip
  {\footnotesize n = 3\par}
\end{table}
`);
  });

  it("labels tables of one caption apart", () => {
    expect([...tablesLatex([table, table]).matchAll(/\\label\{(.*)\}/g)].map(([, label]) => label)).to.deep.equal([
      "tab:success-95-more",
      "tab:success-95-more-2",
    ]);
  });
});

describe("escapeLatex", () => {
  it("spells out what LaTeX would take for its own", () => {
    expect(escapeLatex("50 % of $x_1 & {y} #2 ~ ^ \\n")).to.equal(
      "50 \\% of \\$x\\_1 \\& \\{y\\} \\#2 \\textasciitilde{} \\textasciicircum{} \\textbackslash{}n",
    );
    expect(escapeLatex("a − b ≥ 1 – “×2”")).to.equal("a $-$ b $\\ge$ 1 -- “$\\times$2”");
  });

  it("leaves no special character bare, and balances every brace and dollar, whatever comes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        const escaped = escapeLatex(text);
        const bare = escaped.replaceAll(/\\[a-zA-Z]+\{\}|\\[&%#_{}$]|\$[^$]*\$/g, "");
        expect(bare).not.to.match(/[\\&%#_{}$~^<>|"]/);
      }),
    );
  });
});
