"""A run folder as sinks read it (docs/architecture.md, Files of a run)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coso_sinks.flat import Scalar, scalars


@dataclass(frozen=True)
class Iteration:
    """
    A line of `metrics.jsonl`, e.g. `Iteration(3, {"envSteps": 768, "rollout/success": 0.5, "seconds/rollout": 1.2})`.
    """

    number: int
    """Counts from 1."""
    values: dict[str, float]
    """Under the line's own names; seconds by phase begin with `seconds/`. Undefined metrics are left out."""


class RunFiles:
    """Reads; writes nothing."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def name(self) -> str:
        return self.directory.resolve().name

    def config(self) -> dict[str, Any]:
        """`config.json`: method, experiment with every default filled in, revision, versions."""
        config: dict[str, Any] = json.loads((self.directory / "config.json").read_text(encoding="utf-8"))
        return config

    def settings(self) -> dict[str, Scalar]:
        """Of the experiment, flat, with the method that they amount to; without the sinks, which decide nothing."""
        config = self.config()
        experiment = {name: value for name, value in config["experiment"].items() if name != "sinks"}
        return {"method": config["method"], **scalars(experiment)}

    def summary(self) -> dict[str, Any] | None:
        """`summary.json`; None while the run has not finished."""
        path = self.directory / "summary.json"
        if not path.exists():
            return None
        summary: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return summary

    def iterations(self, start: int, end: int) -> Iterator[Iteration]:
        """Lines of `metrics.jsonl` from byte `start` to `end`, both at the beginning of a line."""
        if end == start:
            return
        with (self.directory / "metrics.jsonl").open("rb") as file:
            file.seek(start)
            while file.tell() < end:
                yield _iteration(json.loads(file.readline()))


def _iteration(line: dict[str, Any]) -> Iteration:
    values = {"envSteps": float(line["envSteps"])}
    values |= {name: value for name, value in line["metrics"].items() if value is not None}
    values |= {f"seconds/{phase}": seconds for phase, seconds in line["seconds"].items()}
    return Iteration(line["iteration"], values)
