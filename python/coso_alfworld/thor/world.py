"""One world: a Unity, and alfworld's agent that carries commands out in it."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import alfworld.agents
import numpy as np

from coso_alfworld.thor.agent import Agent
from coso_alfworld.thor.commands import put_wording
from coso_alfworld.thor.expert import Expert
from coso_alfworld.thor.game import read_trajectory, trajectory_of
from coso_alfworld.thor.unity import Unity

_REWARDS = Path(alfworld.agents.__path__[0]) / "config" / "rewards.json"


class World:
    """Plays games one after the other in the same Unity, as alfworld's AlfredThorEnv sets them up."""

    def __init__(self, build: Path) -> None:
        self._unity = Unity(build)

    def reset(self, game: Path, commands: Sequence[str]) -> dict[str, Any]:
        path = trajectory_of(game)
        trajectory = read_trajectory(path)
        # alfworld draws the wording of the task, and its expert choices, from the module's stream.
        random.seed("/".join(game.parts[-3:-1]))
        with self._unity.answering("to the beginning of a game"):
            self._set_up(trajectory)
            self._agent: Any = Agent(self._unity, trajectory, str(path.parent))
            turn = self._turn(self._agent.feedback)
        self._expert = Expert(self._unity, path, self._agent.feedback)
        for command in commands:
            turn = self.step(command)
        return turn

    def step(self, command: str) -> dict[str, Any]:
        with self._unity.answering(f"to {command!r}"):
            turn = self._turn(self._agent.step(put_wording(command)))
        self._expert.follow(command, turn["text"], turn["admissible"], is_won=turn["won"])
        return turn

    def plan(self) -> list[str]:
        return [] if self._expert.command is None else [self._expert.command]

    def close(self) -> None:
        with self._unity.answering("to its end"):
            self._unity.stop()

    def _set_up(self, trajectory: dict[str, Any]) -> None:
        scene = trajectory["scene"]
        self._unity.reset(scene["scene_num"])
        self._unity.restore_scene(scene["object_poses"], scene["object_toggles"], scene["dirty_and_empty"])
        self._unity.step(dict(scene["init_action"]))
        # Its own reward is not used; the conditions of its goal are.
        self._unity.set_task(trajectory, SimpleNamespace(reward_config=str(_REWARDS)), reward_type="dense")

    def _turn(self, text: str) -> dict[str, Any]:
        met, conditions = self._unity.get_goal_conditions_met()
        frame = np.ascontiguousarray(self._unity.last_event.frame)
        height, width, _ = frame.shape
        return {
            "text": text,
            "won": bool(self._unity.get_goal_satisfied()),
            "admissible": list(dict.fromkeys(self._agent.get_admissible_commands())),
            "facts": [],
            "goalConditionRate": float(met) / conditions,
            "frame": {"width": width, "height": height, "rgb": base64.b64encode(frame.tobytes()).decode()},
        }
