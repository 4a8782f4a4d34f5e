"""Event files, read back as TensorBoard itself reads them."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sink_runs import SmallRun, sink_process, success

if TYPE_CHECKING:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

pytest.importorskip("tensorboard", reason="needs pip install --no-deps -r python/requirements-tensorboard.txt")


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return SmallRun(tmp_path / "run")


def read(run: SmallRun) -> EventAccumulator:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(run.directory / "tensorboard"), size_guidance={"scalars": 0, "tensors": 0})
    events.Reload()
    return events


def curve(run: SmallRun, tag: str = "rollout/success") -> list[tuple[int, float]]:
    return [(event.step, event.value) for event in read(run).Scalars(tag)]


def expected(last: int) -> list[tuple[int, float]]:
    return [(iteration, success(iteration)) for iteration in range(1, last + 1)]


def test_figures_configuration_and_summary(run: SmallRun) -> None:
    with sink_process("tensorboard", run) as sink:
        place = str(run.directory / "tensorboard")
        through = run.iterate(1, 2)
        assert sink.ask({"through": through}) == {"through": through, "place": place}
        assert curve(run) == expected(2), "each stretch is on the disk when it is answered"
        sink.ask({"through": run.iterate(3, 5)})
        run.finish()
        assert sink.ask({"end": True}) == {"ended": True}
    assert curve(run) == expected(5)
    assert curve(run, "envSteps") == [(iteration, 12 * iteration) for iteration in range(1, 6)]
    assert curve(run, "seconds/rollout") == [(iteration, 0.5) for iteration in range(1, 6)]
    assert curve(run, "summary/successRate") == [(5, 0.5)]
    assert "scm/undefined" not in read(run).Tags()["scalars"]
    (config,) = read(run).Tensors("config")
    assert json.loads(config.tensor_proto.string_val[0])["method"] == "CoSo"


def test_settings_are_hyperparameters(run: SmallRun) -> None:
    from tensorboard.plugins.hparams import metadata

    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": 0})
        sink.ask({"end": True})
    content = read(run).SummaryMetadata(metadata.SESSION_START_INFO_TAG).plugin_data.content
    hparams: Any = metadata.parse_session_start_info_plugin_data(content).hparams
    assert hparams["sft.steps"].number_value == 2
    assert hparams["method"].string_value == "CoSo"
    assert hparams["isAsked"].bool_value is True


@pytest.mark.parametrize("last", [0, 3, 5])
def test_a_run_that_goes_back_leaves_no_iteration_twice(run: SmallRun, last: int) -> None:
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.iterate(1, 5)})
        sink.kill()
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.go_back(last)})
        assert curve(run) == expected(last)
        sink.ask({"through": run.iterate(last + 1, 7)})
        sink.ask({"end": True})
    assert curve(run) == expected(7)


def test_what_a_killed_process_had_not_written_is_made_up_for(run: SmallRun) -> None:
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.iterate(1, 2)})
        sink.kill()
    position = run.directory / "tensorboard" / "position.json"
    # As if it had died between its events and the note of where it stands.
    position.write_text(json.dumps({"iteration": 1, "isConcluded": False}), encoding="utf-8")
    run.iterate(3, 4)
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.iterate(5, 6)})
        sink.ask({"end": True})
    assert curve(run) == expected(6)


def test_a_finished_run_is_not_concluded_twice(run: SmallRun) -> None:
    through = run.iterate(1, 3)
    run.finish()
    for _ in range(2):
        with sink_process("tensorboard", run) as sink:
            sink.ask({"through": through})
            sink.ask({"end": True})
    assert curve(run) == expected(3)
    assert curve(run, "summary/successRate") == [(3, 0.5)]


def test_the_end_of_input_is_an_end_too(run: SmallRun) -> None:
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.iterate(1, 3)})
    assert curve(run) == expected(3)


def test_no_room_is_a_failure_in_words(run: SmallRun) -> None:
    with sink_process("tensorboard", run) as sink:
        sink.ask({"through": run.iterate(1, 1)})
        limit = 1 + sum(file.stat().st_size for file in (run.directory / "tensorboard").glob("events*"))
        resource.prlimit(sink.pid, resource.RLIMIT_FSIZE, (limit, limit))
        failed = sink.ask({"through": run.iterate(2, 300)})["failed"]
    assert failed["kind"] == "broken"
    assert "File too large" in failed["cause"]
