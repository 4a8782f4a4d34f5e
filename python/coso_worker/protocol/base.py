"""What the generated messages are built on."""

import math
from typing import NamedTuple

import msgspec

_BYTES_PER_NUMBER = {"float32": 4, "int32": 4}


class Message(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Base of all messages: snake_case here, camelCase on the wire, no unknown fields, every field required."""


class DenseTensor(Message):
    """Base of the generated `Tensor`: the shape must account for every byte."""

    def __post_init__(self) -> None:
        dtype: str = getattr(self, "dtype")
        shape: list[int] = getattr(self, "shape")
        data: bytes = getattr(self, "data")
        expected = math.prod(shape) * _BYTES_PER_NUMBER[dtype]
        if len(data) != expected:
            raise ValueError(f"Expected {expected} bytes for {dtype} {shape}, got {len(data)}")


class MethodTypes(NamedTuple):
    """The classes that a method's params and result are decoded into."""

    params: type[Message]
    result: type[Message]
