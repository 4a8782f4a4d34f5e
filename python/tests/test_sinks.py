"""What sinks read, and how their process fails; without their packages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coso_sinks.flat import outcomes, scalars
from coso_sinks.run_files import RunFiles
from sink_runs import PYTHON_FOLDER, SmallRun


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return SmallRun(tmp_path / "run")


def test_settings_are_flat_and_leave_the_sinks_out(run: SmallRun) -> None:
    assert RunFiles(run.directory).settings() == {
        "method": "CoSo",
        "name": "small",
        "seed": 3,
        "sft.steps": 2,
        "kl": "null",
        "isAsked": True,
    }


def test_a_list_is_one_setting() -> None:
    assert scalars({"a": {"b": [1, None]}}) == {"a.b": "[1, null]"}


def test_a_summary_is_told_by_its_numbers(run: SmallRun) -> None:
    run.finish()
    summary = RunFiles(run.directory).summary()
    assert summary is not None
    assert outcomes(summary) == {
        "successRate": 0.5,
        "successInterval/low": 0.4,
        "successInterval/high": 0.6,
        "seconds/rollout": 3.5,
        "seconds/total": 9.0,
        "stages/after CoSo/sampled/rate": 0.5,
        "stages/after CoSo/sampled/meanReturn": -1.5,
    }


def test_a_run_that_has_not_finished_has_no_summary(run: SmallRun) -> None:
    assert RunFiles(run.directory).summary() is None


def test_undefined_metrics_are_left_out(run: SmallRun) -> None:
    (iteration,) = RunFiles(run.directory).iterations(0, run.iterate(1, 1))
    assert iteration.number == 1
    assert iteration.values == {"envSteps": 12, "rollout/success": 1 / 8, "seconds/rollout": 0.5}


@given(st.lists(st.integers(0, 5), max_size=6))
def test_stretches_join_without_gap_or_overlap(tmp_path_factory: pytest.TempPathFactory, lengths: list[int]) -> None:
    run = SmallRun(tmp_path_factory.mktemp("stretches") / "run")
    files = RunFiles(run.directory)
    read, offset, written = [], 0, 0
    for length in lengths:
        end = run.iterate(written + 1, written + length)
        written += length
        read += [iteration.number for iteration in files.iterations(offset, end)]
        offset = end
    assert read == list(range(1, written + 1))


def test_a_missing_package_is_said_at_once(run: SmallRun) -> None:
    # Stands before every other place where a package could be.
    blocked = run.directory / "blocked"
    blocked.mkdir()
    (blocked / "tensorboard.py").write_text("raise ModuleNotFoundError(name='tensorboard.compat')", encoding="utf-8")
    process = subprocess.run(
        [sys.executable, "-m", "coso_sinks", "tensorboard", "--run", str(run.directory)],
        input="",
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{blocked}:{PYTHON_FOLDER}"},
        check=False,
    )
    assert process.returncode == 1
    cause = "the Python package tensorboard is not installed"
    assert json.loads(process.stdout) == {"failed": {"kind": "missing", "cause": cause, "mend": None}}
