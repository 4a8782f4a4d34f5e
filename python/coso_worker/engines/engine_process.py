"""A process that says utterances, in an environment of its own: started, asked, watched, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import zmq

from coso_engine import messages
from coso_worker.errors import WorkerError
from coso_worker.lifetime import remove_socket

R = TypeVar("R", bound=messages.Message)

KEPT_LINES = 20
TOLD_LINES = 5
LOOK_SECONDS = 0.2
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


class Answer(Generic[R]):
    """What has been asked of a process, and is answered after all that was asked before."""

    def __init__(self, process: EngineProcess, kind: type[R]) -> None:
        self._process = process
        self._kind = kind
        self.reply: messages.Reply | None = None

    def is_there(self, wait_seconds: float) -> bool:
        """Whether `wait` returns or raises at once, now or within some time."""
        deadline = time.monotonic() + wait_seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            self._process.receive_until(self, min(left, LOOK_SECONDS))
            if self.reply is not None or not self._process.is_alive:
                return True
            if left == 0:
                return False

    def wait(self, limit_seconds: float | None = None) -> R:
        """Raises EngineDiedError; WorkerError for what the engine refuses or fails at, or that takes too long."""
        started = time.monotonic()
        while self.reply is None:
            was_alive = self._process.is_alive
            self._process.receive_until(self, LOOK_SECONDS)
            if self.reply is None and not was_alive:
                raise EngineDiedError(self._process.how_it_ended())
            if limit_seconds is not None and time.monotonic() - started > limit_seconds:
                raise WorkerError(
                    "engine",
                    f"{self._process.name} was not ready within {limit_seconds:.0f} s{self._process.last_lines()}",
                )
        if isinstance(self.reply, messages.Failed):
            sys.stderr.write(self.reply.traceback)
            raise WorkerError(CODES[self.reply.kind], f"{self._process.name}: {self.reply.message}")
        if not isinstance(self.reply, self._kind):
            raise WorkerError(
                "engine", f"expected {self._kind.__name__} of the engine, got {type(self.reply).__name__}"
            )
        return self.reply


class EngineProcess:
    """One engine, which ends when this process does, however that ends. Raises WorkerError `engine` where there is no
    such interpreter."""

    def __init__(self, python: str, *, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.endpoint = f"ipc://{tempfile.mkdtemp(prefix='coso-')}/engine"
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        try:
            self._process = subprocess.Popen(
                [python, "-m", "coso_engine", "--endpoint", self.endpoint],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    **environment,
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "PYTHONUNBUFFERED": "1",
                },
            )
        except OSError as error:
            remove_socket(self.endpoint)
            raise WorkerError(
                "engine",
                f"worker.engine.python: expected a Python with {name}, got {python} ({error.strerror}); "
                "docs/engines.md tells how to install one",
            ) from error
        self._reading = threading.Thread(target=self._read_lines, name="engine-output", daemon=True)
        self._reading.start()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.connect(self.endpoint)
        self._asked: deque[Answer[Any]] = deque()
        """Not answered yet; the first is what the process is at."""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(
        self, request: messages.Request, answer: type[R], *, frames: Sequence[bytes | memoryview] = ()
    ) -> Answer[R]:
        """Asks, and does not wait."""
        self._socket.send_multipart([msgspec.msgpack.encode(request), *frames])
        asked = Answer(self, answer)
        self._asked.append(asked)
        return asked

    def ask(
        self,
        request: messages.Request,
        answer: type[R],
        *,
        frames: Sequence[bytes | memoryview] = (),
        limit_seconds: float | None = None,
    ) -> R:
        """Asks, and waits. Raises what `Answer.wait` raises."""
        return self.send(request, answer, frames=frames).wait(limit_seconds)

    def receive_until(self, wanted: Answer[R], seconds: float) -> None:
        """Hands out replies until `wanted` has its own, or some time has passed."""
        if self._socket.closed:
            return
        deadline = time.monotonic() + seconds
        while wanted.reply is None and self._socket.poll(max(0, int(1_000 * (deadline - time.monotonic())))):
            reply = msgspec.msgpack.decode(self._socket.recv(), type=messages.Reply)
            self._asked.popleft().reply = reply

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
                sys.stderr.write(f"{self.name}: {line}\n")

    def how_it_ended(self) -> str:
        self._reading.join(timeout=1)
        code = self._process.returncode
        how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        return f"{self.name} ended {how}{self.last_lines()}"

    def last_lines(self) -> str:
        lines = list(self._lines)[-TOLD_LINES:]
        return f"; its last lines: {' | '.join(lines)}" if lines else ""
