"""A run folder as `ts/runs` leaves it, and a sink's process beside it; for tests of sinks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PYTHON_FOLDER = Path(__file__).parents[1]
EXPERIMENT = {
    "name": "small",
    "seed": 3,
    "sft": {"steps": 2},
    "kl": None,
    "sinks": [{"kind": "tensorboard"}],
    "isAsked": True,
}
WANDB = {"project": "coso", "entity": None, "group": "tests", "tags": ["a"], "mode": "offline"}


class SmallRun:
    """Its folder has a config from the beginning, figures and a summary as a test wants them."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        self.metrics = directory / "metrics.jsonl"
        self.metrics.touch()
        config = {"method": "CoSo", "experiment": EXPERIMENT, "revision": "abc", "versions": {"python": "3.11"}}
        (directory / "config.json").write_text(json.dumps(config), encoding="utf-8")

    def iterate(self, first: int, last: int) -> int:
        """Appends a line for each of these iterations; returns the file's length."""
        with self.metrics.open("a", encoding="utf-8") as file:
            for number in range(first, last + 1):
                metrics = {"rollout/success": success(number), "scm/undefined": None}
                line = {"iteration": number, "envSteps": 12 * number, "metrics": metrics, "seconds": {"rollout": 0.5}}
                file.write(json.dumps(line) + "\n")
        return self.metrics.stat().st_size

    def go_back(self, last: int) -> int:
        """Cuts the figures off behind iteration `last`, as a resumed run does; returns the file's length."""
        lines = self.metrics.read_text(encoding="utf-8").splitlines(keepends=True)
        self.metrics.write_text("".join(lines[:last]), encoding="utf-8")
        return self.metrics.stat().st_size

    def finish(self) -> None:
        evaluation = {"rate": 0.5, "interval": [0.4, 0.6], "meanReturn": -1.5}
        summary = {
            "name": "small",
            "seed": 3,
            "successRate": 0.5,
            "successInterval": [0.4, 0.6],
            "seconds": {"rollout": 3.5, "total": 9.0},
            "stages": [{"stage": "after CoSo", "sampled": evaluation, "greedy": None}],
            "causalWeights": None,
            "report": None,
        }
        (self.directory / "summary.json").write_text(json.dumps(summary), encoding="utf-8")


def success(iteration: int) -> float:
    """Exact in float32, which is what TensorBoard keeps."""
    return iteration / 8


class SinkProcess:
    """Speaks with `python -m coso_sinks` as `ts/sinks/process-sink.ts` does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return self.answer()

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def kill(self) -> None:
        self._process.kill()


@contextmanager
def sink_process(kind: str, run: SmallRun, settings: dict[str, Any] | None = None) -> Iterator[SinkProcess]:
    """One that has said it is ready; it ends with its input at the latest."""
    command = [sys.executable, "-m", "coso_sinks", kind, "--run", str(run.directory)]
    with subprocess.Popen(
        [*command, "--settings", json.dumps(settings or {})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PYTHON_FOLDER)},
    ) as process:
        sink = SinkProcess(process)
        assert sink.answer() == {"ready": True}
        yield sink
