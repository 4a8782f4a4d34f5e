import { CosoError } from "../errors.ts";
import type { Tensor } from "./messages/scalars.ts";

/*
 * The wire is little-endian, and so is every platform that Node runs on: typed arrays are the bytes as they stand.
 * What arrives may lie at any offset of the message, so a view is taken where it is aligned and a copy where not.
 */

/** float32 numbers in C order; `shape` defaults to a vector. */
export function float32Tensor(values: Float32Array | readonly number[], shape = [values.length]): Tensor {
  const array = values instanceof Float32Array ? values : Float32Array.from(values);
  return { dtype: "float32", shape, data: bytesOf(array, shape) };
}

/**
 * int32 numbers in C order; `shape` defaults to a vector.
 * @throws CosoError when a number is not a 32-bit integer.
 */
export function int32Tensor(values: Int32Array | readonly number[], shape = [values.length]): Tensor {
  if (values instanceof Int32Array) return { dtype: "int32", shape, data: bytesOf(values, shape) };
  const misfit = values.find((value) => (value | 0) !== value);
  if (misfit !== undefined) throw new CosoError(`Expected 32-bit integers for an int32 tensor, got ${misfit}.`);
  return { dtype: "int32", shape, data: bytesOf(Int32Array.from(values), shape) };
}

/**
 * The numbers of a float32 tensor in C order.
 * @throws CosoError when it holds another type.
 */
export function readFloat32(tensor: Tensor): Float32Array {
  const { dtype, data } = tensor;
  if (dtype !== "float32") throw new CosoError(`Expected float32 numbers, got ${dtype}.`);
  if (data.byteOffset % 4 === 0) return new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return new Float32Array(new Uint8Array(data).buffer);
}

/**
 * The numbers of an int32 tensor in C order.
 * @throws CosoError when it holds another type.
 */
export function readInt32({ dtype, data }: Tensor): Int32Array {
  if (dtype !== "int32") throw new CosoError(`Expected int32 numbers, got ${dtype}.`);
  return new Int32Array(new Uint8Array(data).buffer);
}

function bytesOf(array: Float32Array | Int32Array, shape: readonly number[]): Uint8Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (size !== array.length) {
    throw new CosoError(`Expected ${size} numbers for a tensor of shape [${shape.join(", ")}], got ${array.length}.`);
  }
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
