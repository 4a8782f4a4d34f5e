"""What the generated messages are built on."""

import math
from typing import NamedTuple

import msgspec

_BYTES_PER_NUMBER = {"float32": 4, "int32": 4}


class Message(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    """Base of all messages: snake_case here, camelCase on the wire, no unknown fields, every field required."""


class DenseTensor(Message):
    """Base of the generated `Tensor`: the shape must account for every byte."""

    dtype: str
    shape: list[int]
    data: bytes

    def __post_init__(self) -> None:
        expected = math.prod(self.shape) * _BYTES_PER_NUMBER[self.dtype]
        if len(self.data) != expected:
            raise ValueError(f"Expected {expected} bytes for {self.dtype} {self.shape}, got {len(self.data)}")


class MethodTypes(NamedTuple):
    """The classes that a method's params and result are decoded into."""

    params: type[Message]
    result: type[Message]
