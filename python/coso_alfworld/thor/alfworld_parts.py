"""
The parts of alfworld that visual worlds are made of, without what they would import and build for nothing.

`alfworld.agents.controller` imports all of its controllers, of which the detectors want torchvision; cv2 is imported
for debugging views and for writing frames to disk; a task draws the graph of its room for a dense reward. The oracle
agent and the goal's conditions use none of it.
"""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_CONTROLLERS = "alfworld.agents.controller"


class _Uncalled(ModuleType):
    """Stands where a module is imported and never called; says its name where it is called after all."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ImportError(f"{self.__name__}.{name}: {self.__name__} is not installed, and visual worlds do not need it")


def _spare() -> None:
    if "cv2" not in sys.modules and find_spec("cv2") is None:
        sys.modules["cv2"] = _Uncalled("cv2")
    if _CONTROLLERS not in sys.modules:
        # A package without its __init__, so that its modules can be imported one by one.
        agents = importlib.import_module("alfworld.agents")
        package = ModuleType(_CONTROLLERS)
        package.__path__ = [str(Path(agents.__path__[0]) / "controller")]
        sys.modules[_CONTROLLERS] = package


def _no_graph(task: Any) -> None:
    """Half a second at the beginning of every game."""


_spare()

from alfworld.agents.controller.oracle import OracleAgent  # noqa: E402
from alfworld.agents.expert import HandCodedAgentFailed, HandCodedAgentTimeout, HandCodedThorAgent  # noqa: E402
from alfworld.env.tasks import BaseTask  # noqa: E402
from alfworld.env.thor_env import ThorEnv  # noqa: E402
from alfworld.gen.constants import OPENABLE_CLASS_SET as OPENABLE  # noqa: E402

BaseTask.load_nav_graph = _no_graph

__all__ = ["OPENABLE", "HandCodedAgentFailed", "HandCodedAgentTimeout", "HandCodedThorAgent", "OracleAgent", "ThorEnv"]
