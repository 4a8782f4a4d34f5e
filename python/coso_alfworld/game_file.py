"""A game's file, `game.tw-pddl`, as alfworld writes and reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coso_alfworld.engines.engine import GameData
from coso_alfworld.errors import AlfworldError

NAME = "game.tw-pddl"


def read_game(path: Path) -> GameData:
    """Raises AlfworldError `bad-game` with the file's name and what is wrong with it."""
    try:
        data: Any = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise AlfworldError("bad-game", f"{path}: expected a game of alfworld's, got: {error}") from error
    held = data if isinstance(data, dict) else {}
    missing = [key for key in GameData.__annotations__ if not isinstance(held.get(key), str)]
    if missing:
        raise AlfworldError("bad-game", f"{path}: expected a JSON object with text under {', '.join(missing)}")
    return GameData(pddl_domain=held["pddl_domain"], grammar=held["grammar"], pddl_problem=held["pddl_problem"])
