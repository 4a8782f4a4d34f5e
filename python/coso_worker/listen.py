"""A worker that outlives its clients: one after the other, and nothing of one is left to the next."""

import gc
import sys
from collections.abc import Callable
from typing import Literal

from coso_worker.connection import Connection, Incoming
from coso_worker.door import Door
from coso_worker.keys import WorkerKeys
from coso_worker.server import Server, WireHandlers


def listen(
    endpoint: str,
    keys: WorkerKeys,
    handlers_factory: Callable[[], WireHandlers],
    *,
    is_once: bool,
    say: Callable[[str], None],
    heartbeat_seconds: float = 1.0,
) -> None:
    """
    Serves clients one by one, in this thread; with `is_once` until the first of them asks for `shutdown`.

    `say` hears a line when the worker is ready, and when a client comes and goes.
    """
    connection = Connection(endpoint, heartbeat_seconds, keys=keys, door=Door())
    try:
        say(f"listening on {endpoint}")
        while True:
            first = connection.receive()
            if first is None:
                continue
            say("a client has come")
            ending = _serve_client(connection, first, handlers_factory)
            say("the client has ended its work" if ending == "shutdown" else "the client is gone without a word")
            _free_memory()
            if is_once and ending == "shutdown":
                return
    finally:
        connection.close()


def _serve_client(
    connection: Connection, first: Incoming, handlers_factory: Callable[[], WireHandlers]
) -> Literal["shutdown", "lost"]:
    """Everything that the client makes this process hold hangs on the server here, and goes with it."""

    def send(client: bytes, reply: bytes) -> None:
        # Before the answer: whoever hears it may come again at once.
        if server.is_shut_down:
            connection.dismiss(client)
        connection.send(client, reply)

    server = Server(handlers_factory, send, mail=connection)
    try:
        server.answer(first)
        while not server.is_shut_down:
            if not server.answer_next(connection):
                return "lost"
        return "shutdown"
    finally:
        server.close()


def _free_memory() -> None:
    """Gives back what torch keeps for reuse; torch is not imported for this."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
