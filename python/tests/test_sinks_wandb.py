"""Weights & Biases without any network: what its own files hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sink_runs import WANDB, SmallRun, sink_process, success

pytest.importorskip("wandb", reason="needs pip install --no-deps -r python/requirements-wandb.txt")


@pytest.fixture
def run(tmp_path: Path) -> SmallRun:
    return SmallRun(tmp_path / "run")


def logs(run: SmallRun) -> list[Path]:
    """In the order of their beginning."""
    return sorted(run.directory.glob("wandb/offline-run-*/run-*.wandb"))


def rows(run: SmallRun) -> list[dict[str, Any]]:
    """The history in all of a run's logs."""
    from coso_sinks.wandb_log import records

    history = [record.history for log in logs(run) for record in records(log) if record.HasField("history")]
    return [{item.nested_key[0]: json.loads(item.value_json) for item in each.item} for each in history]


def steps(run: SmallRun) -> list[int]:
    return [row["_step"] for row in rows(run)]


def test_figures_configuration_and_summary(run: SmallRun) -> None:
    from coso_sinks.wandb_log import records

    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.iterate(1, 2)})
        place = sink.ask({"through": run.iterate(3, 4)})["place"]
        run.finish()
        assert sink.ask({"end": True}) == {"ended": True}
    (log,) = logs(run)
    assert place == str(log.parent)
    assert steps(run) == [1, 2, 3, 4]
    for iteration, row in enumerate(rows(run), start=1):
        figures = {"iteration": iteration, "envSteps": 12 * iteration, "rollout/success": success(iteration)}
        assert row.items() >= {**figures, "seconds/rollout": 0.5}.items()
        assert "scm/undefined" not in row
    begun = next(record.run for record in records(log) if record.HasField("run"))
    assert (begun.project, begun.run_group, list(begun.tags)) == ("coso", "tests", ["a"])
    config = {item.key: json.loads(item.value_json) for item in begun.config.update}
    assert config["sft"] == {"steps": 2}
    assert config["method"] == "CoSo"
    assert "sinks" not in config
    updates = [item for record in records(log) if record.HasField("summary") for item in record.summary.update]
    summary = {(item.key or "/".join(item.nested_key)): item.value_json for item in updates}
    assert summary["successRate"] == "0.5"
    assert summary["stages/after CoSo/sampled/rate"] == "0.5"


def test_a_resumed_run_goes_on_as_the_same_one_without_an_iteration_twice(run: SmallRun) -> None:
    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.iterate(1, 5)})
    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.go_back(3)})
        sink.ask({"through": run.iterate(4, 7)})
        sink.ask({"end": True})
    first, second = logs(run)
    assert first.name == second.name, "one id"
    assert steps(run) == [1, 2, 3, 4, 5, 6, 7]
    told = subprocess.run(
        [sys.executable, "-m", "wandb", "sync", "--dry-run", str(run.directory / "wandb")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Would sync 2 run(s)" in told.stderr + told.stdout


def test_what_was_lost_with_a_killed_process_is_sent_again(run: SmallRun) -> None:
    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.iterate(1, 5)})
        sink.kill()
    # W&B writes in blocks: whatever of these five has reached the disk counts, and no more.
    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.iterate(6, 6)})
        sink.ask({"end": True})
    assert steps(run) == [1, 2, 3, 4, 5, 6]


def test_a_log_that_spans_blocks_and_one_that_was_cut_off(run: SmallRun) -> None:
    from coso_sinks.wandb_log import BLOCK_BYTES, last_step, records

    with sink_process("wandb", run, WANDB) as sink:
        sink.ask({"through": run.iterate(1, 200)})
        sink.ask({"end": True})
    (log,) = logs(run)
    content = log.read_bytes()
    assert len(content) > 2 * BLOCK_BYTES
    assert steps(run) == list(range(1, 201))
    run_id = (run.directory / "wandb" / "id").read_text(encoding="utf-8")
    for length in (0, 5, 7, 10, BLOCK_BYTES - 3, BLOCK_BYTES + 1, len(content) // 2):
        log.write_bytes(content[:length])
        assert len(list(records(log))) <= 700
        assert 0 <= last_step(run.directory / "wandb", run_id) < 200


def test_online_without_a_key_is_refused_in_words(run: SmallRun, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(run.directory))
    monkeypatch.setenv("NETRC", str(run.directory / "netrc"))
    with sink_process("wandb", run, {**WANDB, "mode": "online"}) as sink:
        failed = sink.ask({"through": 0})["failed"]
    assert failed["kind"] == "refused"
    assert "API key" in failed["cause"]
    assert failed["mend"] == "set WANDB_API_KEY, or the sink's mode to offline"
