"""Peaks of memory: of each piece of work, and of the process's whole life."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from coso_worker import usage
from coso_worker.usage import MemoryUse

LARGE = 120_000_000
SLACK = 20_000_000


@pytest.mark.skipif(not usage.CLEAR_REFS.exists(), reason="the system cannot set its high-water mark back")
def test_tells_what_needed_the_memory() -> None:
    memory = MemoryUse()
    with memory.during("small"):
        pass
    with memory.during("large"):
        block = bytearray(LARGE)
        del block
    with memory.during("small again"):
        pass
    large, small = memory.by_name["large"], memory.by_name["small"]
    assert large - small == pytest.approx(LARGE, abs=SLACK)
    assert memory.by_name["small again"] == pytest.approx(small, abs=SLACK)
    assert memory.host_bytes >= large


@pytest.mark.skipif(not usage.CLEAR_REFS.exists(), reason="the system cannot set its high-water mark back")
def test_keeps_the_highest_of_several_times_also_when_work_fails() -> None:
    def fail() -> None:
        block = bytearray(LARGE)
        del block
        raise RuntimeError

    memory = MemoryUse()
    with pytest.raises(RuntimeError), memory.during("work"):
        fail()
    highest = memory.by_name["work"]
    with memory.during("work"):
        pass
    assert memory.by_name["work"] == highest


def test_without_a_kernel_that_tells_it_falls_back_on_the_peak_of_the_whole_life(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(usage, "STATUS", tmp_path / "no" / "status")
    monkeypatch.setattr(usage, "CLEAR_REFS", tmp_path / "no" / "clear_refs")
    memory = MemoryUse()
    with memory.during("work"):
        pass
    assert memory.by_name["work"] == memory.host_bytes
    assert 10_000_000 < memory.host_bytes < 10**12


def test_on_an_accelerator_its_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    allocated = peak = 500

    def restart() -> None:
        nonlocal peak
        peak = allocated

    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", restart)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: peak)
    memory = MemoryUse()
    with memory.during("large"):
        peak = 900
    with memory.during("small"):
        pass
    assert memory.by_name == {"large": 900, "small": 500}
    assert memory.device_bytes == 900


@pytest.mark.skipif(not usage.CLEAR_REFS.exists(), reason="the system cannot set its high-water mark back")
def test_work_in_the_middle_of_other_work_hides_nothing_of_it() -> None:
    memory = MemoryUse()
    with memory.during("small"):
        pass
    with memory.during("outer"):
        block = bytearray(LARGE)
        del block
        with memory.during("inner"):
            pass
    outer, inner, small = (memory.by_name[name] for name in ("outer", "inner", "small"))
    assert outer - small == pytest.approx(LARGE, abs=SLACK)
    assert inner == pytest.approx(small, abs=SLACK)
    with memory.during("other outer"), memory.during("large inner"):
        block = bytearray(LARGE)
        del block
    assert memory.by_name["other outer"] >= memory.by_name["large inner"] > small + LARGE - SLACK
