"""Who is served where many may come: one client at a time, so that no two runs' steps mix."""

from collections.abc import Callable

import msgspec

from coso_worker.protocol.messages import ErrorReply


class _Envelope(msgspec.Struct):
    """What is read of a request before anyone is let in; the rest is skipped."""

    id: int
    method: str


class Door:
    """
    Lets a client in by its `hello`, and the next one only when that one was dismissed or is gone.

    A client that lost its connection comes back under another identity, so that it is a new client: what it had here
    is forgotten, and it goes on from its last checkpoint.
    """

    def __init__(self) -> None:
        self.present: bytes | None = None

    def refusal(self, client: bytes, header: memoryview, is_there: Callable[[bytes], bool]) -> ErrorReply | None:
        """None lets the message in; `is_there` tells whether the connection of the present client still stands."""
        if client == self.present:
            return None
        try:
            request = msgspec.msgpack.decode(header, type=_Envelope)
        except msgspec.MsgspecError:
            return ErrorReply(id=0, code="bad-request", message="expected a Request of msgpack", traceback="")
        if request.method != "hello":
            message = f"expected hello before {request.method}; a client whose connection was lost has to start again"
            return ErrorReply(id=request.id, code="not-greeted", message=message, traceback="")
        if self.present is not None and is_there(self.present):
            message = "this worker serves another client, and one at a time"
            return ErrorReply(id=request.id, code="busy", message=message, traceback="")
        self.present = client
        return None

    def leave(self, client: bytes) -> bool:
        """Whether `client` was the one inside."""
        if client != self.present:
            return False
        self.present = None
        return True
