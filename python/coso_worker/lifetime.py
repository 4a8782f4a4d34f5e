"""When the process ends, and what it leaves behind: nothing."""

import contextlib
import os
import signal
import stat
import sys
import threading
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def checked_endpoint(endpoint: str, *, has_keys: bool = False) -> str:
    """
    The endpoint, if this worker may listen on it: `ipc://PATH`, or `tcp://HOST:PORT` on the loopback; with keys any
    `tcp://HOST:PORT`, and those alone.

    Raises ValueError for any other.
    """
    parts = urlsplit(endpoint)
    if parts.scheme == "ipc" and has_keys:
        raise ValueError(f"--endpoint: expected tcp://HOST:PORT beside --keys, got {endpoint}")
    if parts.scheme == "ipc":
        return endpoint
    if parts.scheme == "tcp" and (has_keys or parts.hostname in LOOPBACK):
        return endpoint
    if parts.scheme == "tcp":
        raise ValueError(
            f"--endpoint: expected a loopback address such as tcp://127.0.0.1:5555, got {endpoint}. Anyone who reaches "
            f"another address could use this worker, so that it needs keys: `npx coso worker --listen {endpoint}` "
            "makes them. Or forward a port over SSH."
        )
    raise ValueError(f"--endpoint: expected ipc://PATH or tcp://127.0.0.1:PORT, got {endpoint!r}")


def remove_socket(endpoint: str) -> None:
    """Unlinks an ipc socket, and its folder where the client made one for it and nothing else is left there."""
    parts = urlsplit(endpoint)
    if parts.scheme != "ipc":
        return
    path = Path(parts.netloc + parts.path)
    path.unlink(missing_ok=True)
    if path.parent.name.startswith("coso-"):
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def end_with_signals() -> None:
    """SIGTERM ends the process in an orderly way; SIGINT is the client's to handle, which tells the worker."""

    def terminate(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, terminate)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def end_with_parent(endpoint: str) -> None:
    """
    Ends the process when its standard input closes: a parent that dies, however it dies, closes its end of the pipe.

    Does nothing where standard input is no pipe, so that a worker can be started by hand.
    """
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def watch() -> None:
        # sys.stdin has a lock that the interpreter wants back when it ends; the bare descriptor has none.
        while os.read(0, 4_096):
            pass
        remove_socket(endpoint)
        # Not SystemExit: the main thread may be in the middle of a long computation.
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
