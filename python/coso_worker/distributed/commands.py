"""What rank 0 is asked is done by every rank, and all know how it ended before the next request.

A request goes to the others as it came: its encoded params and raw frames. How each rank fared goes through the store
that the ranks met at, not through the group: a rank that failed in the middle of an update has left the others waiting
in an exchange of gradients, and could not exchange anything else with them.
"""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn, TypeVar

import msgspec
import torch
import torch.distributed as dist
from torch._C._distributed_c10d import Store

from coso_worker.distributed.ranks import Ranks

Result = TypeVar("Result")
Frame = memoryview | bytes

GRACE_SECONDS = 10.0
"""How long a rank that has failed waits for the others to have failed alike."""

SHORTEST_PAUSE_SECONDS = 0.0005
LONGEST_PAUSE_SECONDS = 0.02
"""Between two looks at how the others fared: little beside what a rank is behind."""


class Command(msgspec.Struct, array_like=True):
    """A request without its frames."""

    method: str
    params: msgspec.Raw
    frame_bytes: list[int]


class Failure(msgspec.Struct, array_like=True):
    """How a rank failed: a code of the protocol's, and words."""

    code: str
    message: str


class Commands:
    """For one thread of each rank."""

    def __init__(self, ranks: Ranks, store: Store, failure_of: Callable[[Exception], Failure]) -> None:
        self.ranks = ranks
        self._store = store
        self._failure_of = failure_of
        self._number = 0

    def send(self, method: str, params: msgspec.Raw, frames: Sequence[Frame]) -> None:
        """Tells all other ranks; for rank 0."""
        header = msgspec.msgpack.encode(Command(method, params, [len(frame) for frame in frames]))
        self._broadcast(torch.tensor(len(header)))
        self._broadcast(torch.frombuffer(bytearray(header), dtype=torch.uint8))
        for frame in frames:
            if len(frame) > 0:
                self._broadcast(torch.frombuffer(bytearray(frame), dtype=torch.uint8))

    def end(self) -> None:
        """Tells all other ranks that nothing follows; for rank 0."""
        self._broadcast(torch.tensor(0))

    def receive(self) -> tuple[str, msgspec.Raw, list[memoryview]] | None:
        """Waits for what rank 0 tells; None when nothing follows."""
        length = torch.tensor(0)
        self._broadcast(length)
        if int(length) == 0:
            return None
        command = msgspec.msgpack.decode(self._bytes(int(length)), type=Command)
        return command.method, command.params, [self._bytes(size) for size in command.frame_bytes]

    def perform(self, method: str, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises, once it is known that every rank returned, or that all failed alike.

        Ends the process where some failed and others did not, for their weights no longer agree.
        """
        self._number += 1
        try:
            result = work()
        except Exception as error:
            own = self._failure_of(error)
            self._settle(method, own, error)
            raise
        self._settle(method, None, None)
        return result

    def _settle(self, method: str, own: Failure | None, error: Exception | None) -> None:
        self._store.set(self._key(self._number, self.ranks.rank), msgspec.json.encode(own).decode())
        outcomes = self._outcomes(GRACE_SECONDS if own is not None else float("inf"))
        codes = {None if outcome is None else outcome.code for outcome in outcomes or []}
        gone = f"{self._number}/gone"
        is_left = own is not None and self._store.check([gone])
        if len(codes) == 1 and not is_left:
            self._store.delete_key(self._key(self._number - 1, self.ranks.rank))
            return
        if error is not None:
            traceback.print_exception(error)
        if own is None or is_left:
            # Whoever failed says so; the launcher, which then ends this rank too, names the first that went.
            time.sleep(GRACE_SECONDS)
            _leave(f"{method}: another rank failed")
        self._store.set(gone, "")
        _leave(f"{method}: {own.code}: {own.message}")

    def _outcomes(self, limit_seconds: float) -> list[Failure | None] | None:
        """Of all ranks, in their order; None where they were not all there in time."""
        keys = [self._key(self._number, rank) for rank in range(self.ranks.size)]
        deadline = time.monotonic() + limit_seconds
        # Asked rather than waited for: a wait in torch hears no signal, and complains each time it ends.
        pause = SHORTEST_PAUSE_SECONDS
        while not self._store.check(keys):
            if time.monotonic() > deadline:
                return None
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        kind = Failure | None
        return [msgspec.json.decode(self._store.get(key), type=kind) for key in keys]

    @staticmethod
    def _key(number: int, rank: int) -> str:
        return f"{number}/{rank}"

    def _broadcast(self, tensor: torch.Tensor) -> None:
        try:
            dist.broadcast(tensor, src=0, group=self.ranks.control)
        except RuntimeError as error:
            # Its connection is closed: no request can be passed on any more, and no reply would be right.
            traceback.print_exception(error)
            time.sleep(GRACE_SECONDS)
            _leave("another rank is gone")

    def _bytes(self, size: int) -> memoryview:
        tensor = torch.empty(size, dtype=torch.uint8)
        if size > 0:
            self._broadcast(tensor)
        return memoryview(tensor.numpy().data)


def _leave(why: str) -> NoReturn:
    """Ends the process, and leaves the reason to the launcher in the form that torchrun reads."""
    sys.stderr.write(f"{why}\n")
    file = os.environ.get("TORCHELASTIC_ERROR_FILE")
    if file:
        Path(file).write_text(json.dumps({"message": why, "timestamp": int(time.time())}))
    raise SystemExit(1)
