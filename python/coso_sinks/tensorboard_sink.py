"""TensorBoard event files in `tensorboard/` of the run folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.plugins.hparams import summary_v2 as hparams
from tensorboard.plugins.text.metadata import create_summary_metadata
from tensorboard.summary.writer.event_file_writer import EventFileWriter

from coso_sinks.flat import outcomes
from coso_sinks.run_files import Iteration, RunFiles

FOLDER = "tensorboard"


class TensorboardSink:
    """
    Scalars by iteration under the names of `metrics.jsonl`; at step 0 the configuration as text and as
    hyperparameters; at the end the summary's numbers under `summary/`.
    """

    def __init__(self, run: RunFiles, settings: Mapping[str, Any]) -> None:
        self._run = run
        self._folder = run.directory / FOLDER
        self._position = self._folder / "position.json"
        self._held = 0
        self._is_concluded = False

    def open(self, newest: int) -> str:
        self._folder.mkdir(exist_ok=True)
        is_new = not self._position.exists()
        if not is_new:
            position = json.loads(self._position.read_text(encoding="utf-8"))
            self._held = min(position["iteration"], newest)
            self._is_concluded = position["isConcluded"]
        _wait_for_later_name(self._folder)
        self._writer = EventFileWriter(str(self._folder), max_queue_size=1000, flush_secs=3600)
        # What stands from this step on is void: it was written, but the run went back to an earlier checkpoint.
        first = 0 if is_new else self._held + 1
        self._add(Event(session_log=SessionLog(status=SessionLog.START), step=first))
        if is_new:
            settings = self._run.settings()
            self._add(Event(summary=hparams.hparams_pb(settings, trial_id=self._run.name), step=0))
            self._add(Event(summary=_text("config", _as_code(self._run.config())), step=0))
            self._flush()
        return str(self._folder)

    def holds(self, iteration: int) -> bool:
        return iteration <= self._held

    def write(self, iterations: Iterable[Iteration]) -> None:
        for iteration in iterations:
            self._add(Event(summary=_scalars(iteration.values), step=iteration.number))
            self._held = iteration.number
        self._flush()

    def close(self, summary: dict[str, object] | None) -> None:
        if summary is not None and not self._is_concluded:
            values = {f"summary/{name}": value for name, value in outcomes(summary).items()}
            self._add(Event(summary=_scalars(values), step=self._held))
            self._add(Event(summary=_text("summary", _as_code(summary)), step=self._held))
            self._is_concluded = True
            self._flush()
        self._writer.close()

    def _add(self, event: Event) -> None:
        event.wall_time = time.time()
        self._writer.add_event(event)

    def _flush(self) -> None:
        """The position follows what it speaks of: cut off in between, the next process voids and writes it again."""
        self._writer.flush()
        partial = self._position.with_suffix(".partial")
        partial.write_text(json.dumps({"iteration": self._held, "isConcluded": self._is_concluded}), encoding="utf-8")
        partial.replace(self._position)


def _scalars(values: Mapping[str, float]) -> Summary:
    return Summary(value=[Summary.Value(tag=name, simple_value=value) for name, value in values.items()])


def _text(tag: str, text: str) -> Summary:
    tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode()])
    metadata = create_summary_metadata(display_name=tag, description="")
    return Summary(value=[Summary.Value(tag=tag, metadata=metadata, tensor=tensor)])


def _as_code(value: object) -> str:
    """JSON, as Markdown shows it verbatim."""
    return "\n".join(f"    {line}" for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines())


def _wait_for_later_name(folder: Path) -> None:
    """
    TensorBoard reads a folder's files in the order of their names, which begin with the second; two of one second would
    be read in any order, and what is void could void what is not.
    """
    seconds = [int(path.name.split(".")[3]) for path in folder.glob("events.out.tfevents.*")]
    while seconds and int(time.time()) <= max(seconds):
        time.sleep(0.05)
