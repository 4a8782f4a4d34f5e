"""
`python leash.py PROGRAM ARGUMENT…`: becomes PROGRAM, which the kernel ends with the process that
started it. A worker may be killed at any time, and a Unity without one would hold its GPU memory for ever.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>. It outlives exec."""


def main() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
