"""A Weights & Biases run whose local files lie in `wandb/` of the run folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Nothing goes out that the experiment does not ask for. Read when wandb is imported.
os.environ.setdefault("WANDB_ERROR_REPORTING", "false")

import wandb
from wandb.errors import CommError, UsageError
from wandb.sdk.lib.runid import generate_id

from coso_sinks.flat import outcomes
from coso_sinks.run_files import Iteration, RunFiles
from coso_sinks.sink import SinkError
from coso_sinks.wandb_log import last_step

FOLDER = "wandb"
# Short of what `ts/sinks` waits for an answer, so that the cause is W&B's own.
INIT_TIMEOUT_SECONDS = 30


class WandbSink:
    """
    W&B's step is the iteration, and `envSteps` stands beside every row. Its config is the experiment; its summary, the
    run's.
    """

    def __init__(self, run: RunFiles, settings: Mapping[str, Any]) -> None:
        self._run = run
        self._settings = settings
        self._folder = run.directory / FOLDER

    def open(self, newest: int) -> str:
        self._folder.mkdir(exist_ok=True)
        run_id = _kept_id(self._folder / "id")
        held = last_step(self._folder, run_id)
        config = self._run.config()
        experiment = {name: value for name, value in config.pop("experiment").items() if name != "sinks"}
        try:
            self._wandb = wandb.init(
                project=self._settings["project"],
                entity=self._settings["entity"],
                group=self._settings["group"],
                tags=self._settings["tags"],
                mode=self._settings["mode"],
                name=self._run.name,
                id=run_id,
                resume="allow",
                dir=self._run.directory,
                config={**experiment, **config},
                # This process's output is a log of its own, and its code is not the experiment.
                settings=wandb.Settings(console="off", disable_code=True, init_timeout=INIT_TIMEOUT_SECONDS),
            )
        except UsageError as error:
            raise SinkError(str(error), "set WANDB_API_KEY, or the sink's mode to offline") from error
        except CommError as error:
            raise SinkError(str(error), "mend the network, or set the sink's mode to offline") from error
        # W&B keeps what it has: rows are never taken back, so a run that repeats iterations does not send them again.
        # Online its server knows what that is, offline the files do.
        self._held = held if self._wandb.offline else self._wandb.starting_step - 1
        if self._wandb.disabled:
            return "nowhere, as it is disabled"
        return str(Path(self._wandb.dir).parent if self._wandb.offline else self._wandb.url)

    def holds(self, iteration: int) -> bool:
        return iteration <= self._held

    def write(self, iterations: Iterable[Iteration]) -> None:
        for iteration in iterations:
            self._wandb.log({"iteration": iteration.number, **iteration.values}, step=iteration.number)

    def close(self, summary: dict[str, object] | None) -> None:
        if summary is not None:
            self._wandb.summary.update(outcomes(summary))
        self._wandb.finish(exit_code=1 if summary is None else 0)


def _kept_id(path: Path) -> str:
    """W&B's name of this run, drawn by its first process."""
    if not path.exists():
        partial = path.with_suffix(".partial")
        partial.write_text(generate_id(), encoding="utf-8")
        partial.replace(path)
    return path.read_text(encoding="utf-8").strip()
