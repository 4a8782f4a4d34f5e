"""What the process has used at most, for `stats`."""

import resource
import sys


def peak_memory_bytes() -> int:
    """Largest resident set of this process on the host."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts KiB, macOS bytes.
    return peak if sys.platform == "darwin" else peak * 1_024


def peak_device_memory_bytes() -> int:
    """Most that torch had allocated on the current accelerator; 0 without one, or before torch is imported."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return 0
    return int(torch.cuda.max_memory_allocated())
