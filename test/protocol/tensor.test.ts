import { decode, encode } from "@msgpack/msgpack";
import { expect } from "chai";
import fc from "fast-check";
import { CosoError } from "../../ts/errors.ts";
import { tensor } from "../../ts/protocol/messages.ts";
import { float32Tensor, int32Tensor, readFloat32, readInt32 } from "../../ts/protocol/tensor.ts";

describe("tensors", () => {
  it("survive msgpack at every offset within a message", () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.int32Array(), fc.string({ maxLength: 8 }), (floats, integers, padding) => {
        const sent = { padding, floats: float32Tensor(floats), integers: int32Tensor(integers) };
        const message = decode(Buffer.from(encode(sent))) as typeof sent;
        expect([...readFloat32(tensor.parse(message.floats))]).to.deep.equal([...floats]);
        expect([...readInt32(tensor.parse(message.integers))]).to.deep.equal([...integers]);
      }),
    );
  });

  it("take a shape that accounts for every number, and no other", () => {
    expect(int32Tensor([1, 2, 3, 4, 5, 6], [2, 3]).shape).to.deep.equal([2, 3]);
    expect(() => float32Tensor([1, 2, 3], [2, 2])).to.throw(
      CosoError,
      "Expected 4 numbers for a tensor of shape [2, 2]",
    );
    expect(tensor.safeParse({ ...float32Tensor([1, 2]), shape: [3] }).success).to.equal(false);
  });

  it("refuse numbers that are no 32-bit integers, and to be read as another type", () => {
    expect(() => int32Tensor([1, 2.5])).to.throw(CosoError, "got 2.5");
    expect(() => int32Tensor([2 ** 31])).to.throw(CosoError, "got 2147483648");
    expect(() => readInt32(float32Tensor([1]))).to.throw(CosoError, "Expected int32 numbers, got float32");
  });
});
