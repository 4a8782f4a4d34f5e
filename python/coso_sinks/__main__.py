"""
`python -m coso_sinks KIND --run DIRECTORY --settings JSON`: JSON lines on stdin, JSON lines on stdout.

It hears `{"through": bytes}`, when complete lines of `metrics.jsonl` reach that far, and `{"end": true}`; the end of
its input without that means that the run was killed. It tells `{"ready": true}` once its package is loaded, after each
of those `{"through": bytes, "place": …}` when the lines are there, at the end `{"ended": true}`, or `{"failed": …}` at
any time. Whatever else it or its package prints goes to stderr.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from coso_sinks.run_files import RunFiles
from coso_sinks.sink import Sink, SinkError

# Training has the processor first.
NICENESS = 10

KINDS = {"tensorboard": "TensorboardSink", "wandb": "WandbSink"}


class Follower:
    """One sink, and how far it has read."""

    def __init__(self, run: RunFiles, sink: Sink) -> None:
        self._run = run
        self._sink = sink
        self._offset = 0
        self._place: str | None = None

    def follow(self, through: int) -> str:
        """Brings the sink everything up to byte `through`; returns where it can be looked at."""
        if self._place is None:
            newest = max((iteration.number for iteration in self._run.iterations(0, through)), default=0)
            self._place = self._sink.open(newest)
        iterations = self._run.iterations(self._offset, through)
        self._sink.write(each for each in iterations if not self._sink.holds(each.number))
        self._offset = through
        return self._place

    def close(self) -> None:
        if self._place is not None:
            self._sink.close(self._run.summary())


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_sinks")
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    arguments = parser.parse_args()
    os.nice(NICENESS)
    # Whoever started this decides when it ends: by its input, not by the terminal.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def tell(message: Mapping[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")

    try:
        serve(arguments.kind, RunFiles(arguments.run), arguments.settings, tell)
    except BrokenPipeError:
        pass  # Nobody listens any more.
    except Exception as error:
        traceback.print_exc()
        tell({"failed": failure(error)})
        sys.exit(1)


def serve(kind: str, run: RunFiles, settings: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> None:
    module = importlib.import_module(f"coso_sinks.{kind}_sink")
    follower = Follower(run, getattr(module, KINDS[kind])(run, settings))
    tell({"ready": True})
    for line in sys.stdin:
        message = json.loads(line)
        if "end" in message:
            follower.close()
            tell({"ended": True})
            return
        tell({"place": follower.follow(message["through"]), "through": message["through"]})
    follower.close()


def failure(error: Exception) -> dict[str, str | None]:
    """For a person: what happened, and what mends it where that is known."""
    match error:
        case ModuleNotFoundError(name=str(name)):
            return {
                "kind": "missing",
                "cause": f"the Python package {name.split('.')[0]} is not installed",
                "mend": None,
            }
        case SinkError(mend=mend):
            return {"kind": "refused", "cause": str(error), "mend": mend}
        case _:
            return {"kind": "broken", "cause": f"{type(error).__name__}: {error}", "mend": None}


if __name__ == "__main__":
    main()
