import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { CosoError } from "../../ts/errors.ts";
import { driftedFiles, generatedFiles } from "../../ts/protocol/generate.ts";
import { pythonModule, snakeCase } from "../../ts/protocol/python.ts";
import { canonicalJson } from "../../ts/protocol/schema.ts";

describe("protocol generation", () => {
  it("finds the committed files as messages.ts says", async () => {
    expect(await driftedFiles(new URL("../../", import.meta.url))).to.deep.equal([]);
  });

  it("names each file that is missing or differs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "protocol-drift-"));
    const root = pathToFileURL(`${folder}/`);
    const [first, second, ...others] = generatedFiles();
    for (const file of [second, ...others]) {
      if (file === undefined) throw new Error("expected at least two generated files");
      await mkdir(dirname(join(folder, file.path)), { recursive: true });
      await writeFile(join(folder, file.path), file === second ? `${file.content}# edited\n` : file.content);
    }
    expect(await driftedFiles(root)).to.deep.equal([first?.path, second?.path]);
    await rm(folder, { recursive: true });
  });

  it("writes a class with tags, bounds and docstrings, below what it refers to", () => {
    const source = pythonModule(
      {
        $defs: {
          Either: { oneOf: [{ $ref: "#/$defs/One" }, { $ref: "#/$defs/Two" }] },
          One: {
            type: "object",
            description: "The first.",
            properties: {
              kind: { type: "string", const: "one" },
              batchSize: { type: "integer", minimum: 1, description: "Steps." },
            },
            required: ["kind", "batchSize"],
            additionalProperties: false,
          },
          Two: {
            type: "object",
            properties: { kind: { type: "string", const: "two" } },
            required: ["kind"],
            additionalProperties: false,
          },
        },
        properties: {
          methods: {
            properties: { go: { properties: { params: { $ref: "#/$defs/One" }, result: { $ref: "#/$defs/Two" } } } },
          },
        },
      },
      "abc",
    );
    expect(source).to.include(
      [
        'class One(Message, tag_field="kind", tag="one"):',
        '    """The first."""',
        "",
        "    batch_size: Annotated[int, Meta(ge=1)]",
        '    """Steps."""',
        "",
        "",
        'class Two(Message, tag_field="kind", tag="two"):',
        "    pass",
        "",
        "",
        "Either = One | Two",
      ].join("\n"),
    );
    expect(source).to.include('    "go": MethodTypes(One, Two),');
  });

  it("refuses optional fields and names that do not survive the change of case", () => {
    const optional = { type: "object", properties: { a: { type: "null" } }, additionalProperties: false } as const;
    expect(() => pythonModule({ $defs: { Loose: optional } }, "")).to.throw(CosoError, "Message Loose must be");
    expect(snakeCase("maxGradNorm")).to.equal("max_grad_norm");
    expect(() => snakeCase("max_norm")).to.throw(CosoError, 'Wire name "max_norm"');
  });

  it("hashes the same value alike whatever the order of its keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).to.equal('{"a":true,"b":[1,{"c":"x","d":null}]}');
  });
});
