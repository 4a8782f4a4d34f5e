"""The kinds of worlds that a process can serve; one that is not served is not imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

KINDS = ("text", "thor")


class AnyWorlds(Protocol):
    """The calls that every kind of world answers; `worlds.py` describes them."""

    def about(self) -> dict[str, Any]: ...

    def reset(self, world: str, game: str, commands: Sequence[str] = ()) -> dict[str, Any]: ...

    def step(self, world: str, command: str) -> dict[str, Any]: ...

    def plan(self, world: str) -> dict[str, Any]: ...

    def close(self, world: str) -> dict[str, Any]: ...


def make_worlds(kind: str) -> AnyWorlds:
    if kind == "thor":
        from coso_alfworld.thor.worlds import VisualWorlds

        return VisualWorlds()
    from coso_alfworld.worlds import Worlds

    return Worlds()
