"""The processes that make up one worker, and how they add up or exchange what each has computed of its share.

Every rank holds the same steps, images, optimisers and weights (or its part of them) and answers the same requests in
the same order; only the rows of a batch are dealt out. A worker of one process is `ALONE`, for which every exchange is
its own value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import torch
import torch.distributed as dist
from torch import Tensor

from coso_worker.errors import WorkerError

Row = TypeVar("Row")


@dataclass(frozen=True)
class Ranks:
    """This process is number `rank` of `size`, and number `local_rank` of the `local_size` on its machine."""

    rank: int = 0
    size: int = 1
    local_rank: int = 0
    local_size: int = 1
    control: dist.ProcessGroup | None = None
    """For what lies in memory rather than on an accelerator. None where nobody else is there."""

    @property
    def is_first(self) -> bool:
        """Whether this rank is the one that answers the client and writes files."""
        return self.rank == 0

    def share(self, rows: int) -> range:
        """Which of `rows` rows are this rank's: one after another, so that shares in the ranks' order are all rows. No
        share has over one row more than another; with fewer rows than ranks some have none."""
        return range(self.rank * rows // self.size, (self.rank + 1) * rows // self.size)

    def share_of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows themselves."""
        own = self.share(len(rows))
        return rows[own.start : own.stop]

    def sum(self, tensor: Tensor) -> None:
        """Replaces a tensor, on any device, by its sum over ranks: the same bits on each."""
        if self.size > 1:
            dist.all_reduce(tensor)

    def largest(self, number: int) -> int:
        """The largest of the ranks' numbers."""
        if self.size == 1:
            return number
        tensor = torch.tensor(number)
        dist.all_reduce(tensor, dist.ReduceOp.MAX, group=self.control)
        return int(tensor)

    def total(self, number: float) -> float:
        """The sum of the ranks' numbers."""
        if self.size == 1:
            return number
        tensor = torch.tensor(number, dtype=torch.float64)
        dist.all_reduce(tensor, group=self.control)
        return float(tensor)

    def join_rows(self, rows: Sequence[Row], kind: type[list[Row]]) -> list[Row]:
        """All ranks' rows, in their order. `kind` is what msgpack is read as, such as `list[float]`."""
        if self.size == 1:
            return list(rows)
        parts = self._gather_bytes(msgspec.msgpack.encode(list(rows)))
        return [row for part in parts for row in msgspec.msgpack.decode(part, type=kind)]

    def join_tensors(self, tensors: Sequence[Tensor], dtype: torch.dtype) -> list[Tensor]:
        """All ranks' one-dimensional tensors of one type, in their order, in memory."""
        if self.size == 1:
            return list(tensors)
        lengths = self.join_rows([tensor.numel() for tensor in tensors], list[int])
        flat = torch.cat([torch.zeros(0, dtype=dtype), *(tensor.detach().cpu().to(dtype) for tensor in tensors)])
        joined = b"".join(self._gather_bytes(flat.numpy().tobytes()))
        if not joined:
            return [torch.zeros(0, dtype=dtype) for _ in lengths]
        return list(torch.frombuffer(bytearray(joined), dtype=dtype).split(lengths))

    def first_does(self, work: Callable[[], object]) -> None:
        """Waits until rank 0 has done it, such as written a file. Raises WorkerError on every rank where that one
        fails."""
        if self.size == 1:
            work()
            return
        code, message = "", ""
        if self.is_first:
            try:
                work()
            except WorkerError as error:
                code, message = error.code, error.message
            except OSError as error:
                code, message = "internal", f"{type(error).__name__}: {error}"
        code, message = self.join_rows([(code, message)], list[tuple[str, str]])[0]
        if code:
            raise WorkerError(code, message)

    def adopt(self, tensors: Iterable[Tensor]) -> None:
        """Overwrites tensors by rank 0's."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor.data, src=0)

    def _gather_bytes(self, own: bytes) -> list[bytes]:
        lengths = [torch.zeros((), dtype=torch.int64) for _ in range(self.size)]
        dist.all_gather(lengths, torch.tensor(len(own)), group=self.control)
        longest = max(int(length) for length in lengths)
        if longest == 0:
            return [b""] * self.size
        padded = torch.frombuffer(bytearray(own.ljust(longest, b"\0")), dtype=torch.uint8)
        parts = [torch.empty(longest, dtype=torch.uint8) for _ in range(self.size)]
        dist.all_gather(parts, padded, group=self.control)
        return [part[: int(length)].numpy().tobytes() for part, length in zip(parts, lengths, strict=True)]


ALONE = Ranks()
"""A worker of one process."""
