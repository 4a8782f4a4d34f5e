"""AI2-THOR's Unity process: one that ends, or falls silent, ends this process with it, in words."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, ClassVar

from coso_alfworld.thor.alfworld_parts import ThorEnv

FRAME_SIDE = 300
"""Pixels of a frame's side, as RL4VLM has them; ai2thor 2.1.0 allows no less."""

_LEASH = Path(__file__).with_name("leash.py")

LOST = 70
"""This process's exit code where Unity is lost (EX_SOFTWARE)."""


class Unity(ThorEnv):  # type: ignore[misc]
    """
    alfworld's environment with its Unity watched.

    ai2thor 2.1.0 waits for an answer without end, also when Unity has ended, and alfworld's agent takes any exception
    for a command that does nothing. So a lost Unity ends the process, which whoever talks to it notices at once.
    """

    START_SECONDS: ClassVar[float] = 300.0
    """A first start compiles shaders, and the build may lie on a network drive."""

    ANSWER_SECONDS: ClassVar[float] = 120.0
    """To a command, of which heating is nine actions, or to the beginning of a game, which visits every receptacle."""

    def __init__(self, build: Path) -> None:
        with self.answering("to its start", self.START_SECONDS):
            # A build that is named is neither downloaded nor are others deleted for it.
            super().__init__(build_path=str(build), player_screen_width=FRAME_SIDE, player_screen_height=FRAME_SIDE)

    @contextmanager
    def answering(self, what: str, limit_seconds: float | None = None) -> Iterator[None]:
        """Ends the process unless what is done within is done in time, by default in ANSWER_SECONDS."""
        seconds = self.ANSWER_SECONDS if limit_seconds is None else limit_seconds
        timer = Timer(seconds, self._lose, [f"gave no answer {what} within {seconds:g} s"])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def unity_command(self, width: int, height: int, headless: bool) -> list[str]:
        command: list[str] = super().unity_command(width, height, headless)
        # By its file: the package need not be where a new Python looks for it.
        return [sys.executable, str(_LEASH), *command]

    def _start_unity_thread(self, env: Mapping[str, str], *where: Any) -> None:
        try:
            super()._start_unity_thread(env, *where)
            how = "exited with 0"
        except Exception as error:
            # ai2thor's words, but for the whole of the command.
            how = re.sub(r"^command: \[.*\] (?=exited)", "", str(error))
        if not self.killing_unity:
            self._lose(how)

    def _lose(self, how: str) -> None:
        sys.stderr.write(f"AI2-THOR's Unity {how}\n")
        sys.stderr.flush()
        self.stop_unity()
        # Not SystemExit: this is another thread, and the main one waits inside ai2thor.
        os._exit(LOST)
