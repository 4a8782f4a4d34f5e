"""textworld's own engine, with the names that alfworld gives."""

from __future__ import annotations

from typing import Any

import textworld
from alfworld.agents.environment.alfred_tw_env import AlfredDemangler
from textworld.envs import PddlEnv

from coso_alfworld.engines.engine import GameData, Turn


class StockEngine:
    """As alfworld plays a game; about 90 ms a step in a room of the official size."""

    def __init__(self) -> None:
        wanted = textworld.EnvInfos(won=True, admissible_commands=True, facts=True)
        self._inner = PddlEnv(wanted)
        self._env: Any = AlfredDemangler(self._inner)

    def load(self, data: GameData) -> None:
        self._env.load(data)

    def reset(self) -> Turn:
        return _turn(self._env.reset())

    def step(self, command: str) -> Turn:
        return _turn(self._env.step(command)[0])

    def plan(self) -> tuple[str, ...]:
        return tuple(self._inner._pddl_state.replan(self._inner._entity_infos))


def _turn(state: Any) -> Turn:
    facts = frozenset((fact.name, *(argument.name for argument in fact.arguments)) for fact in state["facts"])
    return Turn(state["feedback"], bool(state["won"]), tuple(state["admissible_commands"]), facts)
