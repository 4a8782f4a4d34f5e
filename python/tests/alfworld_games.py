"""Games to play, where alfworld is installed: what needs it is imported where it is used."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from coso_alfworld.engines.engine import GameData


def pytest_configure() -> None:
    # alfworld makes the folder that this names as soon as it is imported, and one in the home folder without it.
    os.environ.setdefault("ALFWORLD_DATA", tempfile.mkdtemp())


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small game of every type in the training rooms, and one in an unseen room."""
    from coso_alfworld.generation.games import Order, write, write_logic
    from coso_alfworld.generation.tasks import TASK_TYPES

    root = tmp_path_factory.mktemp("games")
    write_logic(root)
    for index in range(len(TASK_TYPES)):
        write(Order("train", index, 1, "small"), root)
    write(Order("valid_unseen", 0, 1, "small"), root)
    return root


@pytest.fixture(scope="session")
def games(root: Path) -> list[Path]:
    """The training games, a type each, in the order of TASK_TYPES."""
    from coso_alfworld.game_file import NAME
    from coso_alfworld.generation.tasks import TASK_TYPES

    found = {path.parent.parent.name.split("-")[0]: path for path in root.glob(f"**/train/**/{NAME}")}
    return [found[kind] for kind in TASK_TYPES]


@pytest.fixture(scope="session")
def data(games: list[Path]) -> list[GameData]:
    from coso_alfworld.game_file import read_game

    return [read_game(game) for game in games]
