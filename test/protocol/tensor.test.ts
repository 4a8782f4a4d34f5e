import { decode, encode } from "@msgpack/msgpack";
import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { CosoError } from "../../ts/errors.ts";
import { tensor } from "../../ts/protocol/messages/scalars.ts";
import { float32Tensor, int32Tensor, readFloat32 } from "../../ts/protocol/tensor.ts";

describe("tensors", () => {
  it("survive msgpack at every offset within a message", () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.string({ maxLength: 8 }), (floats, padding) => {
        const message = decode(Buffer.from(encode({ padding, floats: float32Tensor(floats) })));
        const { floats: received } = z.object({ floats: tensor }).parse(message);
        expect([...readFloat32(received)]).to.deep.equal([...floats]);
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

  it("hold 32-bit integers little-endian", () => {
    expect([...int32Tensor([1, -2]).data]).to.deep.equal([1, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
    expect(int32Tensor(Int32Array.of(1, -2))).to.deep.equal(int32Tensor([1, -2]));
  });

  it("refuse numbers that are no 32-bit integers, and to be read as another type", () => {
    expect(() => int32Tensor([1, 2.5])).to.throw(CosoError, "got 2.5");
    expect(() => int32Tensor([2 ** 31])).to.throw(CosoError, "got 2147483648");
    expect(() => readFloat32(int32Tensor([1]))).to.throw(CosoError, "Expected float32 numbers, got int32");
  });
});
