import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { encode } from "fast-png";
import { arrayElements } from "../../ts/demonstrations/array-elements.ts";
import { describeBadRows, readConversations } from "../../ts/demonstrations/conversation-file.ts";
import { ImageReader } from "../../ts/demonstrations/image-reader.ts";
import { writeConversations } from "../../ts/demonstrations/write-conversations.ts";
import type { Demonstration } from "../../ts/environments/environment.ts";
import { ConfigError } from "../../ts/errors.ts";
import { decodePng, encodePng } from "../../ts/png.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const RED = { width: 2, height: 1, rgb: Uint8Array.of(255, 0, 0, 9, 8, 7) };

async function refusal(work: () => Promise<unknown>): Promise<string> {
  const error: unknown = await work().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(ConfigError);
  return error instanceof Error ? error.message : "";
}

describe("arrayElements", () => {
  it("gives the texts of an array's elements, however the file is cut into pieces", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (values, size, isPretty) => {
          const text = ` ${JSON.stringify(values, null, isPretty ? 2 : 0)}\n`;
          const found: unknown[] = [];
          for await (const element of arrayElements(pieces(text, size), "f")) found.push(JSON.parse(element));
          expect(found).to.deep.equal(JSON.parse(JSON.stringify(values)));
        },
      ),
    );
  });

  it("says where a file is no array or ends too early", async () => {
    const all = async (text: string) => {
      for await (const _ of arrayElements(pieces(text, 5), "data.json"));
    };
    expect(await refusal(() => all(""))).to.contain("empty file");
    expect(await refusal(() => all('{"id": 1}\n{"id": 2}'))).to.contain("between [ and ]");
    expect(await refusal(() => all('[{"id": 1}, {"id": "2}]'))).to.contain("ends within row 2");
    expect(await refusal(() => all("[1] [2]"))).to.contain("nothing after");
  });
});

describe("a file in LLaVA's conversation format", () => {
  const at = temporaryFolder();
  const good = (image?: string) => ({
    id: "x",
    ...(image !== undefined && { image }),
    conversations: [
      { from: "human", value: image === undefined ? "ask" : "<image>\nask" },
      { from: "gpt", value: "say" },
    ],
  });
  const fileOf = (name: string, rows: readonly unknown[]): string => {
    const path = at(name);
    writeFileSync(path, JSON.stringify(rows));
    return path;
  };
  const read = (path: string, count: number | null = null) =>
    readConversations(path, { count, images: new ImageReader(at()) });

  it("is read back as it was written, each distinct image once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ prompt: text, utterance: text, red: fc.option(fc.nat(2)) }), {
          minLength: 1,
          maxLength: 12,
        }),
        async (made) => {
          const demonstrations = made.map(({ prompt, utterance, red }): Demonstration => {
            if (red === null) return { observation: { prompt }, utterance };
            return { observation: { prompt, image: { ...RED, rgb: Uint8Array.of(red, 0, 0, 9, 8, 7) } }, utterance };
          });
          const written = await writeConversations(demonstrations, at("again"), { name: "e", overwrite: true });
          expect(written.images).to.equal(new Set(made.flatMap(({ red }) => (red === null ? [] : [red]))).size);
          const images = new ImageReader(at("again"));
          const { rows, badRows } = await readConversations(written.file, { images });
          expect(badRows).to.deep.equal([]);
          const back: Demonstration[] = [];
          for (const { prompt, utterance, image } of rows) {
            const seen = image === null ? null : await images.read(image);
            const observation = seen?.kind === "image" ? { prompt, image: seen.image } : { prompt };
            back.push({ observation, utterance });
          }
          expect(back).to.deep.equal(demonstrations);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("tells every bad row by its number, and what is wrong with it", async () => {
    writeFileSync(at("whole.png"), encodePng(RED));
    writeFileSync(at("cut.png"), encodePng(RED).slice(0, 40));
    writeFileSync(at("photo.jpg"), Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
    const [human, gpt] = good("whole.png").conversations;
    const { rows, badRows } = await read(
      fileOf("bad.json", [
        good("whole.png"),
        { ...good("whole.png"), conversations: [human] },
        good("none.png"),
        good("cut.png"),
        good("photo.jpg"),
        { ...good(), conversations: [{ from: "human", value: "<image>\nask" }, gpt] },
        { ...good("whole.png"), conversations: [{ from: "human", value: "ask" }, gpt] },
        {
          ...good(),
          conversations: [
            { from: "human", value: "ask" },
            { from: "gpt", value: " " },
          ],
        },
        { ...good(), conversations: [{ from: "human" }, gpt] },
        { id: 9 },
        "row",
        {
          ...good(),
          conversations: [
            { from: "gpt", value: "say" },
            { from: "human", value: "ask" },
          ],
        },
        { ...good(), conversations: [...good().conversations, ...good().conversations] },
      ]),
    );
    expect(rows.map(({ number, laterTurns }) => [number, laterTurns])).to.deep.equal([
      [1, 0],
      [13, 2],
    ]);
    const expected = [
      [2, 'conversations[1]: missing; expected a turn from "gpt"'],
      [3, "image none.png: no such file"],
      [4, "image cut.png: expected a PNG that is whole"],
      [5, "image photo.jpg: a JPEG"],
      [6, "expected <image> 0 times"],
      [7, "expected <image> 1 times"],
      [8, "conversations[1].value: expected text"],
      [9, "conversations[0].value: missing"],
      [10, "conversations: missing"],
      [11, "expected an object"],
      [12, 'conversations[0].from: expected "human", got "gpt"'],
    ] as const;
    expect(badRows.map(({ number }) => number)).to.deep.equal(expected.map(([number]) => number));
    for (const [index, [, problem]] of expected.entries()) expect(badRows[index]?.problem).to.contain(problem);
    expect(badRows[8]).to.include({ id: "9" });
  });

  it("goes on behind a row that is no JSON", async () => {
    const path = at("broken.json");
    writeFileSync(path, `[${JSON.stringify(good())}, {"id": 1, conversations: []}, , ${JSON.stringify(good())}]`);
    const { rows, badRows } = await read(path);
    expect(rows.map(({ number }) => number)).to.deep.equal([1, 4]);
    expect(badRows.map(({ problem }) => problem.split(":")[0])).to.deep.equal([
      "not JSON",
      "nothing between two commas",
    ]);
  });

  it("shows the first twenty bad rows, and how many more there are", () => {
    const told = describeBadRows(
      Array.from({ length: 25 }, (_, index) => ({ number: index + 1, id: null, problem: "p" })),
    );
    expect(told.split("\n")).to.have.length(21);
    expect(told).to.contain("row 20: p").and.contain("and 5 more").and.not.contain("row 21");
  });

  it("is read only as far as is asked for, takes the image's place out wherever it stands, and needs rows", async () => {
    const conversations = [
      { from: "human", value: "ask\n<image>" },
      { from: "gpt", value: "say" },
    ];
    writeFileSync(at("whole.png"), encodePng(RED));
    const path = fileOf("first.json", [{ ...good("whole.png"), conversations }, { id: 2 }]);
    const { rows, badRows } = await read(path, 1);
    expect(rows.map(({ prompt }) => prompt)).to.deep.equal(["ask"]);
    expect(badRows).to.deep.equal([]);
    expect(await refusal(() => read(fileOf("empty.json", [])))).to.contain("empty array");
    expect(await refusal(() => read(at("no-such-file.json")))).to.contain("no-such-file.json");
  });

  it("is not written over what is there, and its images go with it when it is", async () => {
    const one: Demonstration = { observation: { prompt: "p", image: RED }, utterance: "u" };
    const first = await writeConversations([one], at("kept"), { name: "e", overwrite: false });
    const before = readFileSync(first.file, "utf8");
    const refused = await refusal(() => writeConversations([one], at("kept"), { name: "e", overwrite: false }));
    expect(refused).to.contain("--overwrite");
    expect(readFileSync(first.file, "utf8")).to.equal(before);
    writeFileSync(join(at("kept"), "images", "mine.png"), "");
    const other = { ...one, observation: { prompt: "p" } };
    expect(await writeConversations([other], at("kept"), { name: "e", overwrite: true })).to.include({ images: 0 });
    const [row] = (await readConversations(first.file, { images: null })).rows;
    expect(row?.image).to.equal(null);
    expect(readFileSync(join(at("kept"), "images", "mine.png"), "utf8")).to.equal("");
    const [png] = (JSON.parse(before) as { image: string }[]).map(({ image }) => image);
    expect(await new ImageReader(at("kept")).read(png ?? "")).to.have.property("kind", "problem");
  });
});

describe("decodePng", () => {
  it("makes RGB of grey, transparent and 16-bit images", () => {
    const of = (channels: number, depth: 8 | 16, data: Uint8Array | Uint16Array) => [
      ...decodePng(encode({ width: 1, height: 1, data, channels, depth })).rgb,
    ];
    expect(of(1, 8, Uint8Array.of(7))).to.deep.equal([7, 7, 7]);
    expect(of(2, 8, Uint8Array.of(7, 128))).to.deep.equal([7, 7, 7]);
    expect(of(4, 8, Uint8Array.of(1, 2, 3, 0))).to.deep.equal([1, 2, 3]);
    expect(of(3, 16, Uint16Array.of(0x0102, 0x0304, 0xff00))).to.deep.equal([1, 3, 255]);
  });
});

/** Prompts and utterances that a row can hold. */
const text = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .filter((each) => each.trim() !== "" && !each.includes("<image>"));

async function* pieces(whole: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < whole.length; start += size) yield whole.slice(start, start + size);
}
