"""The worlds of one process, each playing one game at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coso_alfworld.engines.choice import EngineName, default_engine, installed, make_engine
from coso_alfworld.engines.engine import Engine, Turn
from coso_alfworld.errors import AlfworldError
from coso_alfworld.game_file import read_game

TOLD = frozenset(
    {
        "atlocation",
        "cleanable",
        "coolable",
        "heatable",
        "holds",
        "inreceptacle",
        "isclean",
        "iscool",
        "ishot",
        "issliced",
        "istoggled",
        "objecttype",
        "openable",
        "opened",
        "receptacleatlocation",
        "receptacletype",
        "toggleable",
    }
)
"""Predicates that cross to TypeScript: what goals are made of, and what a picture of the place shows."""


class Worlds:
    """Worlds by a name that the caller chooses. They share translations and grammars, and nothing that changes."""

    def __init__(self, engine: EngineName | None = None) -> None:
        """The default is the engine that `default_engine` names."""
        self._engine = engine or default_engine()
        self._playing: dict[str, Engine] = {}
        # Handed on rather than closed: loading the planner's library after another copy was closed ends the process now
        # and then.
        self._idle: list[Engine] = []

    def about(self) -> dict[str, Any]:
        return {"engine": self._engine, "versions": installed()}

    def reset(self, world: str, game: str, commands: Sequence[str] = ()) -> dict[str, Any]:
        """Begins `game`, a file, and plays `commands` on, so that a world is where it was before its process died."""
        data = read_game(Path(game))
        if world not in self._playing:
            self._playing[world] = self._idle.pop() if self._idle else make_engine(self._engine)
        engine = self._playing[world]
        try:
            engine.load(data)
        except AlfworldError as error:
            raise AlfworldError(error.code, f"{game}: {error}") from error
        turn = engine.reset()
        for command in commands:
            turn = engine.step(command)
        return _told(turn)

    def step(self, world: str, command: str) -> dict[str, Any]:
        return _told(self._of(world).step(command))

    def plan(self, world: str) -> dict[str, Any]:
        """Commands that win from here; none where the planner finds none."""
        return {"commands": list(self._of(world).plan())}

    def close(self, world: str) -> dict[str, Any]:
        engine = self._playing.pop(world, None)
        if engine is not None:
            self._idle.append(engine)
        return {}

    def _of(self, world: str) -> Engine:
        if world not in self._playing:
            raise AlfworldError("no-world", f"world {world!r}: expected a reset first")
        return self._playing[world]


def _told(turn: Turn) -> dict[str, Any]:
    return {
        "text": turn.feedback,
        "won": turn.won,
        "admissible": list(turn.admissible),
        "facts": sorted(fact for fact in turn.facts if fact[0] in TOLD),
    }
