"""What the process has used at most: over its life, and while a piece of work ran."""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

STATUS = Path("/proc/self/status")
CLEAR_REFS = Path("/proc/self/clear_refs")
RESET_HIGH_WATER = "5"
"""What the kernel takes to set VmHWM back to the memory that is resident now (proc(5))."""


class MemoryUse:
    """Peaks in bytes. To tell one piece of work from another their counters are set back, so none of them alone knows
    the peak of the whole life; this does."""

    def __init__(self) -> None:
        self._host = 0
        self._device = 0
        self._by_name: dict[str, int] = {}
        self._at: list[str] = []

    @contextmanager
    def during(self, name: str) -> Iterator[None]:
        """Counts the work inside towards `name`, and towards that in whose middle it is done."""
        self._settle()
        restart_peaks()
        self._at.append(name)
        try:
            yield
        finally:
            self._settle()
            self._at.pop()

    @property
    def host_bytes(self) -> int:
        """Largest resident set of this process so far."""
        self._settle()
        return self._host

    @property
    def device_bytes(self) -> int:
        """Most that torch had allocated on the current accelerator; 0 without one."""
        self._settle()
        return self._device

    @property
    def by_name(self) -> dict[str, int]:
        """The highest while work of each name ran: on the accelerator once there is one in use, else resident."""
        return dict(self._by_name)

    def _settle(self) -> None:
        host, device = peak_host_bytes(), peak_device_bytes()
        self._host = max(self._host, host)
        self._device = max(self._device, device)
        peak = device if _cuda_in_use() else host
        for name in self._at:
            self._by_name[name] = max(peak, self._by_name.get(name, 0))


def restart_peaks() -> None:
    """Lets `peak_host_bytes` and `peak_device_bytes` count from here. Where the host's cannot be set back, as on other
    systems than Linux, it stays the peak of the process's life."""
    if _cuda_in_use():
        _torch().cuda.reset_peak_memory_stats()
    with suppress(OSError):
        CLEAR_REFS.write_text(RESET_HIGH_WATER)


def peak_host_bytes() -> int:
    """Largest resident set since `restart_peaks`."""
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1_024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts KiB, macOS bytes.
    return peak if sys.platform == "darwin" else peak * 1_024


def peak_device_bytes() -> int:
    """Most that torch had allocated on the current accelerator since `restart_peaks`; 0 where none is in use."""
    return int(_torch().cuda.max_memory_allocated()) if _cuda_in_use() else 0


def _cuda_in_use() -> bool:
    """Torch is not imported for this, nor an accelerator woken up."""
    torch = _torch()
    return torch is not None and bool(torch.cuda.is_initialized())


def _torch() -> Any:
    return sys.modules.get("torch")
