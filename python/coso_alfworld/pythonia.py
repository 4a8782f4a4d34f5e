"""What pythonia calls: one function, from text to text."""

from __future__ import annotations

from coso_alfworld import calls
from coso_alfworld.worlds import Worlds

_WORLDS = Worlds()


def answer(request: str) -> str:
    return calls.answer(_WORLDS, request)
