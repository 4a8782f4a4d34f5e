"""A rank may be deep inside an exchange that a dead rank never answers, where Python hears no signal."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

from coso_worker.lifetime import remove_socket

ORDERLY_SECONDS = 1.0
"""How long rank 0 may take to close its socket."""


PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that this process gets when its parent dies."""


def end_with_launcher() -> None:
    """Ends a rank that torchrun started when torchrun is gone, though it be suspended: it has a session of its own,
    which no signal to torchrun's group reaches. Elsewhere than on Linux a closed standard input has to do."""
    if sys.platform == "linux" and "TORCHELASTIC_RUN_ID" in os.environ:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_at_once_with_sigterm() -> None:
    """For ranks that hold nothing outside the process."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def insist_on_sigterm(endpoint: str) -> None:
    """Ends the process a little after SIGTERM, even where the handler of `end_with_signals` is not reached."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)

    def watch() -> None:
        while signal.SIGTERM not in os.read(heard, 64):
            pass
        timer = threading.Event()
        timer.wait(ORDERLY_SECONDS)
        remove_socket(endpoint)
        os._exit(128 + signal.SIGTERM)

    threading.Thread(target=watch, name="sigterm-watch", daemon=True).start()
