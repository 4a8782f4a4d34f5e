"""What pythonia calls: worlds of a kind are served once, then one function answers, from text to text."""

from __future__ import annotations

from coso_alfworld import calls
from coso_alfworld.kinds import AnyWorlds, make_worlds

_served: list[AnyWorlds] = []


def serve(kind: str) -> None:
    _served[:] = [make_worlds(kind)]


def answer(request: str) -> str:
    return calls.answer(_served[0], request)
