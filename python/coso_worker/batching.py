"""Which rows go into which batch."""

from __future__ import annotations

from collections.abc import Iterator

import torch


def epoch_batches(rows: int, batch_size: int, steps: int, generator: torch.Generator) -> Iterator[list[int]]:
    """`steps` batches of `batch_size` rows; every row is drawn once before any is drawn again."""
    queue: list[int] = []
    for _ in range(steps):
        batch: list[int] = []
        while len(batch) < batch_size:
            if not queue:
                queue = torch.randperm(rows, generator=generator).tolist()
            take = min(batch_size - len(batch), len(queue))
            batch += queue[:take]
            queue = queue[take:]
        yield batch


def drawn_batches(rows: int, batch_size: int, steps: int, generator: torch.Generator) -> Iterator[list[int]]:
    """`steps` batches of `batch_size` rows, every row as likely as any other at each draw."""
    for _ in range(steps):
        yield torch.randint(rows, (batch_size,), generator=generator).tolist()


def shuffled_batches(rows: int, batch_size: int, generator: torch.Generator) -> Iterator[list[int]]:
    """One pass over all rows in random order; the last batch may be smaller."""
    order = torch.randperm(rows, generator=generator).tolist()
    for start in range(0, rows, batch_size):
        yield order[start : start + batch_size]
