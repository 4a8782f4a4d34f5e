"""Where this process stands among those that were launched together, by the environment variables that torchrun sets.
Torch is not imported for this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Number `rank` of `size`, and number `local_rank` of the `local_size` on this machine."""

    rank: int
    size: int
    local_rank: int
    local_size: int


def place_of(environment: Mapping[str, str]) -> Place | None:
    """None for a process that was launched by itself."""
    if "RANK" not in environment or "WORLD_SIZE" not in environment:
        return None
    rank, size = int(environment["RANK"]), int(environment["WORLD_SIZE"])
    return Place(rank, size, int(environment.get("LOCAL_RANK", rank)), int(environment.get("LOCAL_WORLD_SIZE", size)))
