"""Tensors on the wire ⇄ NumPy arrays."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from coso_worker.errors import BadRequestError
from coso_worker.protocol.arrays import float_array, float_tensor, int_array, int_tensor
from coso_worker.protocol.messages import Tensor

SHAPES = arrays.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)


@given(arrays.arrays(np.float32, SHAPES, elements=st.floats(width=32, allow_nan=False)))
def test_floats_survive_the_wire(values: NDArray[np.float32]) -> None:
    tensor = msgspec.msgpack.decode(msgspec.msgpack.encode(float_tensor(values)), type=Tensor)
    np.testing.assert_array_equal(float_array(tensor, *values.shape), values)


@given(arrays.arrays(np.int64, SHAPES, elements=st.integers(-(2**31), 2**31 - 1)))
def test_integers_survive_the_wire(values: NDArray[np.int64]) -> None:
    tensor = msgspec.msgpack.decode(msgspec.msgpack.encode(int_tensor(values.T)), type=Tensor)
    np.testing.assert_array_equal(int_array(tensor, *values.T.shape), values.T)


def test_refuses_integers_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="Expected integers within int32"):
        int_tensor(np.array([2**31]))


def test_refuses_another_type_or_shape() -> None:
    tensor = float_tensor(np.zeros((2, 3)))
    assert float_array(tensor, -1, 3).shape == (2, 3)
    with pytest.raises(BadRequestError, match=r"Expected float32 \[3, -1\] .* got float32 \[2, 3\]"):
        float_array(tensor, 3, -1)
    with pytest.raises(BadRequestError, match=r"Expected int32 \[2, 3\]"):
        int_array(tensor, 2, 3)


def test_refuses_a_shape_that_leaves_bytes_over() -> None:
    with pytest.raises(ValueError, match=r"Expected 16 bytes for float32 \[4\], got 8"):
        Tensor(dtype="float32", shape=[4], data=bytes(8))
