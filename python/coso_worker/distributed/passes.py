"""A batch's micro-batches, dealt out over ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from coso_worker.distributed.ranks import Ranks

Row = TypeVar("Row")


@dataclass(frozen=True)
class Pass(Generic[Row]):
    """Rows of one pass. Where `counts` is false they belong to another rank and stand in for none."""

    rows: Sequence[Row]
    counts: bool

    @property
    def weight(self) -> float:
        """What the loss is multiplied by."""
        return 1.0 if self.counts else 0.0


def passes_of(rows: Sequence[Row], micro_batch: int, ranks: Ranks) -> Iterator[Pass[Row]]:
    """This rank's passes over its share of a batch, as many as every other rank makes: sharded weights are gathered
    layer by layer, by all ranks at once. A rank without rows for its last pass takes the batch's first, which costs no
    time, for the others are still computing."""
    if not rows:
        return
    own = ranks.share_of(rows)
    largest_share = -(-len(rows) // ranks.size)
    for start in range(0, largest_share, micro_batch):
        part = own[start : start + micro_batch]
        yield Pass(part, True) if part else Pass(rows[:1], False)
