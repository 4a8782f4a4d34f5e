"""A process that says utterances, in an environment of its own: started, asked, watched, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import zmq

from coso_engine_vllm import messages
from coso_worker.errors import WorkerError
from coso_worker.lifetime import remove_socket

R = TypeVar("R", messages.Ready, messages.Generated, messages.Done)

KEPT_LINES = 20
TOLD_LINES = 5
LOOK_MS = 200
"""Between looks at whether the process still lives while an answer is awaited."""
END_SECONDS = 1.5
"""For an orderly end, before it is killed; the worker itself is given 2."""
CODES: dict[messages.FailureKind, str] = {
    "request": "bad-request",
    "memory": "out-of-memory",
    "unserved": "engine",
    "internal": "engine",
}


class EngineDiedError(Exception):
    """The process ended before it had answered; its last lines are part of the message."""


class EngineProcess:
    """One engine, which ends when this process does, however that ends. Raises WorkerError `engine` where there is no
    such interpreter."""

    def __init__(self, python: str) -> None:
        self.endpoint = f"ipc://{tempfile.mkdtemp(prefix='coso-')}/engine"
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        try:
            self._process = subprocess.Popen(
                [python, "-m", "coso_engine_vllm", "--endpoint", self.endpoint],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
            )
        except OSError as error:
            remove_socket(self.endpoint)
            raise WorkerError(
                "engine",
                f"worker.engine.python: expected a Python with vLLM, got {python} ({error.strerror}); "
                "docs/engines.md tells how to install one",
            ) from error
        self._reading = threading.Thread(target=self._read_lines, name="engine-output", daemon=True)
        self._reading.start()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(self.endpoint)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(
        self,
        request: messages.Request,
        answer: type[R],
        *,
        frames: Sequence[bytes | memoryview] = (),
        limit_seconds: float | None = None,
    ) -> R:
        """Raises EngineDiedError; WorkerError for what the engine refuses or fails at, or that takes too long."""
        self._socket.send_multipart([msgspec.msgpack.encode(request), *frames])
        started = time.monotonic()
        while not self._socket.poll(LOOK_MS):
            if self._process.poll() is not None and not self._socket.poll(0):
                raise EngineDiedError(self._how_it_ended())
            if limit_seconds is not None and time.monotonic() - started > limit_seconds:
                raise WorkerError("engine", f"vLLM was not ready within {limit_seconds:.0f} s{self._last_lines()}")
        reply = msgspec.msgpack.decode(self._socket.recv(), type=messages.Reply)
        if isinstance(reply, messages.Failed):
            sys.stderr.write(reply.traceback)
            raise WorkerError(CODES[reply.kind], f"vLLM: {reply.message}")
        if not isinstance(reply, answer):
            raise WorkerError("engine", f"expected {answer.__name__} of the engine, got {type(reply).__name__}")
        return reply

    def close(self) -> None:
        """Ends the process; may be called again."""
        if self._process.poll() is None:
            self._socket.send(msgspec.msgpack.encode(messages.Shutdown()))
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._socket.close()
        self._context.term()
        self._reading.join()
        if self._process.stdin is not None:
            self._process.stdin.close()
        remove_socket(self.endpoint)

    def _read_lines(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for raw in output:
                line = raw.decode(errors="replace").rstrip()
                self._lines.append(line)
                sys.stderr.write(f"vllm: {line}\n")

    def _how_it_ended(self) -> str:
        self._reading.join(timeout=1)
        code = self._process.returncode
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"vLLM ended {how}{self._last_lines()}"

    def _last_lines(self) -> str:
        lines = list(self._lines)[-TOLD_LINES:]
        return f"; its last lines: {' | '.join(lines)}" if lines else ""
