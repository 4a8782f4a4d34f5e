"""Tensors on the wire ⇄ NumPy arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from coso_worker.errors import BadRequestError
from coso_worker.protocol.messages import Tensor


def float_tensor(values: NDArray[Any]) -> Tensor:
    """Any array of numbers as a float32 tensor of the same shape."""
    return Tensor(dtype="float32", shape=list(values.shape), data=np.ascontiguousarray(values, dtype="<f4").tobytes())


def int_tensor(values: NDArray[Any]) -> Tensor:
    """
    An array of integers as an int32 tensor of the same shape.

    Raises ValueError when a number does not fit.
    """
    narrow = np.ascontiguousarray(values, dtype="<i4")
    if not np.array_equal(narrow, values):
        raise ValueError(f"Expected integers within int32, got {values.dtype} from {values.min()} to {values.max()}")
    return Tensor(dtype="int32", shape=list(values.shape), data=narrow.tobytes())


def float_array(tensor: Tensor, *shape: int) -> NDArray[np.float32]:
    """
    The numbers of a float32 tensor, as a read-only view; -1 in `shape` means any size.

    Raises BadRequestError when dtype or shape differ from what is asked.
    """
    _expect(tensor, "float32", shape)
    return np.frombuffer(tensor.data, dtype="<f4").reshape(tensor.shape)


def int_array(tensor: Tensor, *shape: int) -> NDArray[np.int32]:
    """The same for int32."""
    _expect(tensor, "int32", shape)
    return np.frombuffer(tensor.data, dtype="<i4").reshape(tensor.shape)


def _expect(tensor: Tensor, dtype: str, shape: tuple[int, ...]) -> None:
    fits = len(shape) == len(tensor.shape) and all(
        want in (-1, size) for want, size in zip(shape, tensor.shape, strict=True)
    )
    if tensor.dtype != dtype or not fits:
        raise BadRequestError(f"Expected {dtype} {list(shape)} (-1: any size), got {tensor.dtype} {tensor.shape}")
