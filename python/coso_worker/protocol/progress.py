"""How a long method tells the client that it is alive and how far it has come."""

from collections.abc import Mapping
from typing import Protocol


class Progress(Protocol):
    """
    Called by a handler after a unit of work; cheap enough to call after every one, for the server drops most calls.

    `done` counts from 1 to `total` (both in units of the handler's choice); `metrics` are the latest figures.
    Every call resets the client's time limit.
    """

    def __call__(self, done: int, total: int, metrics: Mapping[str, float] | None = None) -> None: ...
