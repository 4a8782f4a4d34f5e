"""A worker of several processes: rank 0 has the socket, the others do what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from coso_worker.distributed.place import Place
from coso_worker.error_reply import error_reply
from coso_worker.protocol.messages import Request
from coso_worker.server import WireHandlers, serve, snake_case

if TYPE_CHECKING:
    from coso_worker.distributed.commands import Commands, Failure


def serve_with_others(endpoint: str, place: Place) -> None:
    """Rank 0, until the client shuts the worker down. Ranks meet when it is first asked for what takes torch."""
    leader = _Leader(place)
    serve(endpoint, leader.handlers, perform=leader.perform)
    leader.end()


def follow_first(place: Place) -> None:
    """Any other rank, until rank 0 has nothing more to pass on."""
    commands, handlers = _meet(place)
    from coso_worker.distributed.follow import follow

    follow(commands, handlers, snake_case)


class _Leader:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._commands: Commands | None = None

    def handlers(self) -> WireHandlers:
        self._commands, handlers = _meet(self._place)
        return handlers

    def perform(self, request: Request, frames: Sequence[memoryview], work: Callable[[], Any]) -> Any:
        """Has it done by all."""
        if self._commands is None:
            raise RuntimeError("expected the ranks to have met")
        self._commands.send(request.method, request.params, frames)
        return self._commands.perform(request.method, work)

    def end(self) -> None:
        if self._commands is not None:
            self._commands.end()


def _meet(place: Place) -> tuple[Commands, WireHandlers]:
    from coso_worker.distributed.commands import Commands
    from coso_worker.distributed.group import join
    from coso_worker.handlers import Handlers

    ranks, store = join(place)
    return Commands(ranks, store, _failure_of), Handlers(ranks)


def _failure_of(error: Exception) -> Failure:
    from coso_worker.distributed.commands import Failure

    reply = error_reply(0, error)
    return Failure(reply.code, reply.message)
