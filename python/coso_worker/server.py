"""Requests in, replies out: reads each message into its class, calls the handler, and names what went wrong."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from coso_worker.connection import Connection, Incoming
from coso_worker.error_reply import error_reply
from coso_worker.errors import WorkerError
from coso_worker.greeting import greet
from coso_worker.protocol.base import Message
from coso_worker.protocol.messages import (
    METHODS,
    ActParams,
    ErrorReply,
    HelloParams,
    Reply,
    Request,
    ResultReply,
    ShareFolderParams,
    ShareFolderResult,
    ShutdownParams,
    ShutdownResult,
    StatsParams,
    StatsResult,
)
from coso_worker.rate_limited_progress import RateLimitedProgress
from coso_worker.shared_folder import answer_in_folder
from coso_worker.unfinished import Unfinished
from coso_worker.usage import MemoryUse

UNREADABLE = 0
"""The id of the error for a message that is no `Request`; requests count from 1."""

LOOK_SECONDS = 0.002
"""Between looks at the messages while something outside this process is waited for."""


class WireHandlers(Protocol):
    """
    What answers every method but `hello`, `shareFolder`, `stats` and `shutdown`, by a method of the same name in
    snake_case: `act(params: ActParams, frames: Sequence[memoryview], progress: Progress) -> ActResult`, or an
    `Unfinished` one.
    """

    @property
    def kept_steps(self) -> int:
        """Number of steps held, for `stats`."""

    def close(self) -> None:
        """Gives back what is held outside this process."""


Perform = Callable[[Request, Sequence[memoryview], Callable[[], Any]], Any]
"""(request, its frames, what this process does about it) → the result, or what the work raised."""


def perform_here(request: Request, frames: Sequence[memoryview], work: Callable[[], Any]) -> Any:
    """For a worker of one process."""
    return work()


class Mail(Protocol):
    """Where messages come in."""

    @property
    def has_mail(self) -> bool:
        """Whether `receive` returns at once."""

    def receive(self) -> Incoming | None:
        """Waits for the next message; None: the client is gone."""


def serve(
    endpoint: str,
    handlers_factory: Callable[[], WireHandlers],
    heartbeat_seconds: float = 1.0,
    perform: Perform = perform_here,
) -> None:
    """
    Answers requests, in this thread, until `shutdown`: one by one, but for what something outside this process is at.

    `handlers_factory` is called when the first of its methods is asked for, so that slow imports do not delay the
    greeting. `perform` is told what a handler is about to do, and lets it be done.
    """
    connection = Connection(endpoint, heartbeat_seconds)
    server = Server(handlers_factory, connection.send, perform, connection)
    try:
        while not server.is_shut_down:
            server.answer_next(connection)
    finally:
        connection.close()
        server.close()


class Waiting(NamedTuple):
    """A request whose result is in the making elsewhere."""

    client: bytes
    request_id: int
    method: str
    result: Unfinished[Message]
    since: float


class Server:
    """
    One message in, its replies out through `send(client, encoded reply)`.

    With `mail`, an `act` for a policy that an engine of its own holds is begun in the middle of other requests, and
    answered there: whenever those tell of their progress. All others keep to their order.
    """

    def __init__(
        self,
        handlers_factory: Callable[[], WireHandlers],
        send: Callable[[bytes, bytes], None],
        perform: Perform = perform_here,
        mail: Mail | None = None,
    ) -> None:
        self.is_shut_down = False
        self._perform = perform
        # Ranks do what rank 0 does, request by request: nothing may come in between.
        self._mail = mail if perform is perform_here else None
        self._put_off: deque[Incoming | None] = deque()
        self._is_attending = False
        self._waiting: deque[Waiting] = deque()
        self._handlers_factory = handlers_factory
        self._handlers: WireHandlers | None = None
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._memory = MemoryUse()
        self._send = send
        self._encoder = msgspec.msgpack.Encoder()
        self._requests = msgspec.msgpack.Decoder(Request)
        self._params = {name: msgspec.msgpack.Decoder(types.params) for name, types in METHODS.items()}

    def answer_next(self, mail: Mail) -> bool:
        """Answers whatever is first: a message, or what was waited for. False: the client is gone."""
        while self._waiting and not self._put_off and not mail.has_mail:
            self._answer_finished(LOOK_SECONDS)
        incoming = self._put_off.popleft() if self._put_off else mail.receive()
        if incoming is None:
            self._waiting.clear()
            return False
        self.answer(incoming)
        if not self.is_shut_down:
            self._answer_finished(0.0)
        return True

    def attend(self) -> None:
        """In the middle of a request: begins what may not wait for its end, and answers what is there."""
        if self._mail is None or self._is_attending:
            return
        self._is_attending = True
        try:
            self._sort_mail(self._mail)
            self._answer_finished(0.0)
        finally:
            self._is_attending = False

    def _sort_mail(self, mail: Mail) -> None:
        # What follows a farewell is another client's.
        while mail.has_mail and None not in self._put_off:
            incoming = mail.receive()
            if incoming is None:
                # Nobody waits for anything any more.
                self._waiting.clear()
                self._put_off.clear()
            if incoming is not None and self._may_overtake(incoming):
                self.answer(incoming)
            else:
                self._put_off.append(incoming)

    def close(self) -> None:
        """After the last answer."""
        if self._handlers is not None:
            self._handlers.close()

    def answer(self, incoming: Incoming) -> None:
        """Answers one message; whatever fails becomes an `ErrorReply`."""

        def reply(message: Reply) -> None:
            self._send(incoming.client, self._encoder.encode(message))

        try:
            request = self._requests.decode(incoming.header)
        except msgspec.MsgspecError as error:
            message = f"expected a Request of msgpack, got {len(incoming.header)} bytes that are none: {error}"
            reply(ErrorReply(id=UNREADABLE, code="bad-request", message=message, traceback=""))
            return
        progress = RateLimitedProgress(request.id, reply, self.attend)
        started = time.monotonic()
        try:
            result = self._dispatch(request, incoming.frames, progress)
            if isinstance(result, Unfinished):
                self._waiting.append(Waiting(incoming.client, request.id, request.method, result, started))
                return
            encoded = self._encoder.encode(result)
        except Exception as error:
            reply(error_reply(request.id, error))
        else:
            progress.flush()
            reply(ResultReply(id=request.id, result=msgspec.Raw(encoded)))

    def _answer_finished(self, wait_seconds: float) -> None:
        """Those that are there, in the order in which they were asked for."""
        while self._waiting and self._waiting[0].result.is_there(wait_seconds):
            client, request_id, method, unfinished, since = self._waiting.popleft()
            try:
                with self._memory.during(method):
                    result = unfinished.result()
                self._require_kind(method, result)
                encoded = self._encoder.encode(ResultReply(request_id, msgspec.Raw(self._encoder.encode(result))))
            except Exception as error:
                encoded = self._encoder.encode(error_reply(request_id, error))
            self._seconds[method] += time.monotonic() - since
            self._send(client, encoded)
            wait_seconds = 0.0

    def _may_overtake(self, incoming: Incoming) -> bool:
        """Whether it asks for nothing that a request before it could change."""
        try:
            request = self._requests.decode(incoming.header)
            if request.method != "act":
                return False
            params = self._params["act"].decode(request.params)
        except msgspec.MsgspecError:
            return False
        return isinstance(params, ActParams) and params.policy == "held"

    def _dispatch(
        self, request: Request, frames: Sequence[memoryview], progress: "RateLimitedProgress"
    ) -> Message | Unfinished[Message]:
        if request.method not in METHODS:
            raise WorkerError("bad-request", f"no method {request.method!r}; there are {', '.join(METHODS)}")
        params = self._params[request.method].decode(request.params)
        if isinstance(params, HelloParams):
            return greet(params)
        if isinstance(params, ShutdownParams):
            self.is_shut_down = True
            return ShutdownResult()
        if isinstance(params, ShareFolderParams):
            answer_in_folder(Path(params.file), params.content)
            return ShareFolderResult()
        if isinstance(params, StatsParams):
            return self._stats()
        if self._handlers is None:
            self._handlers = self._handlers_factory()
        handler = getattr(self._handlers, snake_case(request.method))
        started = time.monotonic()
        try:
            with self._memory.during(request.method):
                result = self._perform(request, frames, lambda: handler(params, frames, progress))
        except BaseException:
            self._seconds[request.method] += time.monotonic() - started
            raise
        if isinstance(result, Unfinished):
            return result
        self._seconds[request.method] += time.monotonic() - started
        return self._require_kind(request.method, result)

    def _require_kind(self, method: str, result: Any) -> Message:
        expected = METHODS[method].result
        if not isinstance(result, expected):
            raise TypeError(f"{method} returned {type(result).__name__}, expected {expected.__name__}")
        return result

    def _stats(self) -> StatsResult:
        return StatsResult(
            peak_memory_bytes=self._memory.host_bytes,
            peak_device_memory_bytes=self._memory.device_bytes,
            peak_memory_by_method=self._memory.by_name,
            kept_steps=0 if self._handlers is None else self._handlers.kept_steps,
            seconds=dict(self._seconds),
        )


def snake_case(name: str) -> str:
    """`updatePolicy` → `update_policy`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
