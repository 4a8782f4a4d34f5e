import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { PromptingInput } from "../../ts/prompting/definition.ts";
import { cellsCsv, flatCells } from "../../ts/reproduction/flat-cells.ts";
import { reproduce } from "../../ts/reproduction/perform.ts";
import { REPRODUCTIONS } from "../../ts/reproduction/registry.ts";
import type { Scale } from "../../ts/reproduction/reproduction.ts";
import type { FakeEndpoint } from "../fake-endpoint.ts";
import { playground } from "../prompting/playground.ts";
import { temporaryFolder } from "../temporary-folder.ts";

describe("prompted rows", function () {
  this.timeout(60_000);
  const path = temporaryFolder();
  const { serve, play } = playground(path);

  /** A run of `coso prompt` in `prompted/`; where the server does not know an environment, it says nothing useful. */
  const prompted = (server: FakeEndpoint, name: string, model: string, changes: Partial<PromptingInput> = {}) => {
    const endpoint = { kind: "openai", baseUrl: server.baseUrl, model, keyVariable: null } as const;
    return play(server, `prompted/${name}`, { endpoint, evaluation: { episodes: 6 }, ...changes });
  };
  const tabled = async (id: string, scale: Scale = "tiny") => {
    const reproduction = REPRODUCTIONS.find((each) => each.id === id);
    if (reproduction === undefined) throw new Error(`no ${id}`);
    const { reproductions } = await reproduce([reproduction], {
      directory: path("out"),
      scale,
      isSelected: () => true,
      from: [path("prompted")],
      jobs: 1,
      runs: false,
    });
    const [made] = reproductions;
    if (made === undefined) throw new Error("nothing was made");
    const cells = flatCells(made.collected);
    return {
      cells,
      rows: made.collected.reproduction.rows.map((row) => row.id),
      cell: (row: string, column: string) => cells.find((each) => each.row === row && each.column === column),
      markdown: readFileSync(made.written.markdown, "utf8"),
    };
  };

  let rates: number[] = [];
  before(async () => {
    const qwen = "Qwen/Qwen2.5-VL-7B-Instruct";
    const [player, stranger] = [await serve(), await serve({ speak: () => "I do not know." })];
    const runs = [
      await prompted(player, "qwen-0", qwen),
      await prompted(player, "qwen-1", qwen, { seed: 1 }),
      await prompted(player, "qwen-warm", qwen, { seed: 2, sampling: { temperature: 1 } }),
      await prompted(player, "gemini", "google/gemini-1.5-pro-002"),
      await prompted(stranger, "gpt-4o", "gpt-4o", { environment: { id: "blackjack" } }),
      await prompted(stranger, "phone", "gpt-4-vision-preview", {
        environment: { id: "phone/canvas", settings: { split: "test", tasks: "webshopping", format: "appagent" } },
      }),
    ];
    rates = runs.map(({ successRate }) => successRate);
  });

  it("stand where the paper has the model, else in a row of their own, with their seeds and episodes", async () => {
    const { rows, cell, markdown, cells } = await tabled("table2");
    expect(rows.slice(0, 3)).to.deep.equal(["Gemini-1.5 Pro", "GPT-4V", "LLaVA-1.6"]);
    expect(rows.slice(3, 5)).to.have.members(["Qwen/Qwen2.5-VL-7B-Instruct", "gpt-4o"]);
    expect(rows[5]).to.equal("CNN + RL");
    expect(cell("Gemini-1.5 Pro", "NL")).to.include({ mean: rates[3], seeds: 1, episodes: 6, paper: 82.5 });
    expect(cell("Gemini-1.5 Pro", "NL")?.low).to.be.below(rates[3] ?? 0);
    expect(cell("Gemini-1.5 Pro", "EZP")).to.include({ state: "not run", paper: 2 });
    expect(cell("GPT-4V", "NL")?.reason).to.contain("npx coso prompt experiments/gym-cards/prompting-openai.ts");
    const qwen = cell("Qwen/Qwen2.5-VL-7B-Instruct", "NL");
    expect(qwen).to.include({ seeds: 2, episodes: 12, paper: null, environment: "synthetic", isBest: false });
    expect(qwen?.mean).to.be.closeTo(((rates[0] ?? 0) + (rates[1] ?? 0)) / 2, 1e-12);
    expect(cell("gpt-4o", "BJ")).to.include({ state: "measured", mean: rates[4] });
    expect(markdown).to.contain("| gpt-4o<br>(prompted) |");
    expect(markdown).to.contain("| Gemini-1.5 Pro<br>(google/gemini-1.5-pro-002, prompted) |");
    expect(markdown).to.match(
      /qwen-warm is left out of Qwen\S+, where \S+qwen-0 stands: sampling\.temperature: 0\.2 → 1\./,
    );
    expect(markdown).to.match(/phone is left out: no column at this scale is of phone\/canvas/);
    expect(cellsCsv(cells)).to.contain("gpt-4o,BJ,synthetic");
  });

  it("name AppAgent's way of acting in Table 1, and the environment of a column that nothing else fills", async () => {
    const { cell, markdown } = await tabled("table1");
    expect(cell("GPT-4V + AppAgent", "webshopping-test")).to.include({
      state: "measured",
      mean: rates[5],
      episodes: 6,
      environment: "simulated",
      paper: 8.3,
    });
    expect(cell("GPT-4V", "webshopping-test")?.reason).to.contain("experiments/phone/prompting-openai.ts");
    expect(markdown).to.contain("GPT-4V + AppAgent: gpt-4-vision-preview by coso prompt on phone/canvas {");
  });

  it("leave out at the paper's scale what was played on a simulated phone", async () => {
    const { cell, markdown } = await tabled("table1", "paper");
    expect(cell("GPT-4V + AppAgent", "webshopping-test")).to.include({ state: "not run", environment: "official" });
    expect(markdown).to.match(/phone is left out: no column at this scale is of phone\/canvas/);
  });

  it("are no concern of other tables", async () => {
    expect((await tabled("table-c1")).markdown).to.not.contain("prompted");
  });
});
