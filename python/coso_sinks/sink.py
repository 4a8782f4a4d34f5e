"""What every sink does, and how one fails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from coso_sinks.run_files import Iteration


class Sink(Protocol):
    """
    A place that a run's figures are shown in. It is opened once a process, and holds an iteration at most once, however
    often the run was cut off.
    """

    def open(self, newest: int) -> str:
        """
        Continues where this run's last process left off, `newest` being the last iteration that the run still has (0:
        none). Returns where its figures can be looked at.
        """

    def holds(self, iteration: int) -> bool:
        """Whether an earlier process has brought this iteration here already."""

    def write(self, iterations: Iterable[Iteration]) -> None:
        """Returns when they are where the end of this process does not undo them, as far as the sink can tell."""

    def close(self, summary: dict[str, object] | None) -> None:
        """Sends what is left. `summary` is `summary.json`, None of a run that has not finished."""


class SinkError(Exception):
    """Why a sink cannot go on, in words for a person."""

    def __init__(self, cause: str, mend: str | None = None) -> None:
        super().__init__(cause)
        self.mend = mend
        """A command, or what to do; None where nothing is known to help."""
