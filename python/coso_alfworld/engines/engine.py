"""What an engine is, and what it says after every command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypedDict

Fact = tuple[str, ...]
"""A predicate's name, then its arguments as the player knows them: ("inreceptacle", "mug 1", "desk 2")."""


class GameData(TypedDict):
    """A `game.tw-pddl`, of which other keys are of no matter here."""

    pddl_domain: str
    grammar: str
    pddl_problem: str


@dataclass(frozen=True)
class Turn:
    """What the game answers: text, whether the goal holds, the commands that do something now, and what is true."""

    feedback: str
    won: bool
    admissible: tuple[str, ...]
    facts: frozenset[Fact]


class Engine(Protocol):
    """One game at a time; the planner's library, of which each has a copy of its own, is never given back."""

    def load(self, data: GameData) -> None: ...

    def reset(self) -> Turn: ...

    def step(self, command: str) -> Turn:
        """An inadmissible command answers "Nothing happens." and changes nothing."""
        ...

    def plan(self) -> tuple[str, ...]:
        """Commands that win from here; empty where there are none. A search: seconds, or minutes in a large room."""
        ...
