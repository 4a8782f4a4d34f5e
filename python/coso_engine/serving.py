"""Requests in, replies out, one after the other, until `Shutdown`."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Protocol

import msgspec
import zmq

from coso_engine import messages
from coso_engine.frames import Frames


class RequestError(Exception):
    """What was asked for cannot be done, and will not be however often it is asked for."""

    def __init__(self, kind: messages.FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Served(Protocol):
    """What answers: a model that has been loaded. Any method may raise RequestError."""

    def ready(self) -> messages.Ready: ...

    def generate(self, request: messages.Generate, frames: Frames) -> messages.Generated: ...

    def update(self, request: messages.Update) -> None: ...

    def adapter(self, request: messages.Adapter) -> None: ...

    def sleep(self) -> None: ...


def serve(endpoint: str, load: Callable[[messages.Load], Served]) -> None:
    """Raises zmq.ZMQError when the endpoint cannot be bound."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    router = context.socket(zmq.ROUTER)
    router.bind(endpoint)
    requests = msgspec.msgpack.Decoder(messages.Request)
    served: Served | None = None
    try:
        request: messages.Request | None = None
        while not isinstance(request, messages.Shutdown):
            client, header, *frames = router.recv_multipart(copy=False)
            try:
                request = requests.decode(header.buffer)
                if isinstance(request, messages.LoadVllm | messages.LoadPolicy):
                    served = load(request)
                reply = _answer(served, request, [frame.buffer for frame in frames])
            except Exception as error:
                reply = failure(error)
            router.send_multipart([client.bytes, msgspec.msgpack.encode(reply)])
    finally:
        router.close(linger=1_000)
        context.term()


def _answer(served: Served | None, request: messages.Request, frames: Frames) -> messages.Reply:
    match request:
        case messages.Shutdown():
            return messages.Done()
        case _ if served is None:
            raise RequestError("request", "expected `load` before any other request")
        case messages.LoadVllm() | messages.LoadPolicy():
            return served.ready()
        case messages.Generate():
            return served.generate(request, frames)
        case messages.Update():
            served.update(request)
        case messages.Adapter():
            served.adapter(request)
        case messages.Sleep():
            served.sleep()
    return messages.Done()


def failure(error: Exception) -> messages.Failed:
    """Names an exception for the client. Only what nobody expected carries its traceback."""
    if isinstance(error, RequestError):
        return messages.Failed(kind=error.kind, message=str(error), traceback="")
    if isinstance(error, msgspec.MsgspecError):
        return messages.Failed(kind="request", message=str(error), traceback="")
    # Torch is not imported for this: its error goes by name.
    is_memory = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return messages.Failed(
        kind="memory" if is_memory else "internal",
        message=f"{type(error).__name__}: {error}",
        traceback="".join(traceback.format_exception(error)),
    )
