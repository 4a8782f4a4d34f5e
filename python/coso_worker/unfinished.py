"""Replies that something outside this process is still at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class Unfinished(Generic[R]):
    """What a handler returns instead of a result, so that this process can do other things meanwhile."""

    is_there: Callable[[float], bool]
    """Whether `result` has nothing to wait for, now or within some seconds."""
    result: Callable[[], R]
    """Waits for it, and does what is left to do. To be called once."""
