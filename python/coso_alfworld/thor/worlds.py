"""The visual worlds of one process, behind the calls that the text worlds have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coso_alfworld.errors import AlfworldError
from coso_alfworld.thor.prerequisites import build_path, require, versions

if TYPE_CHECKING:
    from coso_alfworld.thor.world import World


class VisualWorlds:
    """
    Worlds by a name that the caller chooses, a Unity each. Meant for one a process: ai2thor's server is a thread of it,
    and all of the process ends with a Unity that does.
    """

    def __init__(self) -> None:
        self._playing: dict[str, World] = {}

    def about(self) -> dict[str, Any]:
        """Raises AlfworldError `unmet` naming what this machine lacks, and the mend."""
        require()
        return {"engine": "thor", "versions": versions()}

    def reset(self, world: str, game: str, commands: Sequence[str] = ()) -> dict[str, Any]:
        """Begins `game`, a file, and plays `commands` on, so that a world is where it was before its process died."""
        if world not in self._playing:
            require()
            from coso_alfworld.thor.world import World

            self._playing[world] = World(build_path())
        return self._playing[world].reset(Path(game), commands)

    def step(self, world: str, command: str) -> dict[str, Any]:
        return self._of(world).step(command)

    def plan(self, world: str) -> dict[str, Any]:
        """What alfworld's handcoded expert would do next, one command; none where it has given up."""
        return {"commands": self._of(world).plan()}

    def close(self, world: str) -> dict[str, Any]:
        playing = self._playing.pop(world, None)
        if playing is not None:
            playing.close()
        return {}

    def _of(self, world: str) -> World:
        if world not in self._playing:
            raise AlfworldError("no-world", f"world {world!r}: expected a reset first")
        return self._playing[world]
