"""What every rank but the first does: the same as rank 0, without a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from coso_worker.distributed.commands import Commands
from coso_worker.protocol.messages import METHODS


def follow(commands: Commands, handlers: Any, name_of: Callable[[str], str]) -> None:
    """Answers what rank 0 passes on, to nobody, until it has nothing more to pass on. `name_of` turns a method into the
    name of its handler."""
    while (command := commands.receive()) is not None:
        method, encoded, frames = command
        params = msgspec.msgpack.decode(encoded, type=METHODS[method].params)
        handler = getattr(handlers, name_of(method))
        try:
            commands.perform(method, partial(handler, params, frames, _ignore))
        except Exception:  # every rank failed alike, and rank 0 tells the client
            continue


def _ignore(done: int, total: int, metrics: Mapping[str, float] | None = None) -> None:
    """Rank 0 reports progress."""
