import { fileURLToPath } from "node:url";
import { decode, encode } from "@msgpack/msgpack";
import { expect } from "chai";
import { execa } from "execa";
import { z } from "zod";
import { pythonCommand, pythonEnvironment } from "../../ts/processes/python-command.ts";
import { methods } from "../../ts/protocol/messages.ts";
import { mutated, readVectors, schemaOf, withBytes } from "./vector-file.ts";

const vectors = readVectors();

describe("protocol vectors", () => {
  it("cover the envelopes and both parts of every method", () => {
    const expected = Object.keys(methods).flatMap((method) => [`${method}.params`, `${method}.result`]);
    expect(new Set(vectors.map(({ message }) => message))).to.have.all.keys("request", "reply", ...expected);
  });

  it("are accepted where valid", () => {
    for (const { message, value } of vectors) {
      const { error } = schemaOf(message).safeParse(withBytes(value));
      expect(error, `${message} ${JSON.stringify(value)}`).to.equal(undefined);
    }
  });

  it("are rejected where broken", () => {
    for (const { message, value, mutants } of vectors) {
      for (const mutant of mutants) {
        const isAccepted = schemaOf(message).safeParse(withBytes(mutated(value, mutant))).success;
        expect(isAccepted, `${message} at ${mutant.path.join(".")}: ${mutant.what}`).to.equal(false);
      }
    }
  });

  it("come back from Python's classes with the same values", async () => {
    const [python = ""] = pythonCommand();
    const script = fileURLToPath(new URL("round_trip.py", import.meta.url));
    const sent = vectors.map(({ message, value }) => [message, encode(withBytes(value))]);
    const { stdout } = await execa(python, [script], {
      input: encode(sent),
      encoding: "buffer",
      env: pythonEnvironment(1),
    });
    const returned = z.array(z.instanceof(Uint8Array)).parse(decode(stdout));
    expect(returned.map((message) => plain(decode(message)))).to.deep.equal(
      vectors.map(({ value }) => plain(withBytes(value))),
    );
  });
});

/** Bytes as text, so that a Buffer and a Uint8Array of the same bytes compare equal. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}
