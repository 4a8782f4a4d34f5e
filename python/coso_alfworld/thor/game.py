"""What a visual world needs of a game: the scene as ALFRED recorded it, beside the game's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coso_alfworld.errors import AlfworldError

NAME = "traj_data.json"

SCENE = ("scene_num", "object_poses", "object_toggles", "dirty_and_empty", "init_action")
"""Keys of `scene` that official data has."""


def trajectory_of(game: Path) -> Path:
    return game.with_name(NAME)


def read_trajectory(path: Path) -> dict[str, Any]:
    """Raises AlfworldError `bad-game` with the file's name and what it lacks."""
    try:
        data: Any = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise AlfworldError("bad-game", f"{path}: expected a trajectory of ALFRED's, got: {error}") from error
    lacking = lacking_for_a_scene(data)
    if lacking:
        raise AlfworldError(
            "bad-game",
            f"{path}: expected {', '.join(lacking)}, as the official data has; games of `coso alfworld generate` are "
            "text alone and have no scene. Let `data` (or ALFWORLD_DATA) name the official data.",
        )
    read: dict[str, Any] = data
    return read


def lacking_for_a_scene(data: Any) -> list[str]:
    """What a trajectory lacks for AI2-THOR to set its scene up; nothing in official data."""
    held: dict[str, Any] = data if isinstance(data, dict) else {}
    scene = held["scene"] if isinstance(held.get("scene"), dict) else {}
    lacking = [f"scene.{key}" for key in SCENE if key not in scene]
    return lacking + [key for key in ("plan", "pddl_params", "task_type") if key not in held]
