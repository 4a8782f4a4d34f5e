"""Characters → tokens. Offsets count UTF-16 code units, as TypeScript's strings do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor


def action_tokens(pieces: Sequence[str], action_start: int | None) -> Tensor:
    """bool [L]: tokens that reach past `action_start`; the end token goes with the action. None: no token at all."""
    if action_start is None:
        return torch.zeros(len(pieces), dtype=torch.bool)
    return torch.tensor([end > action_start for end in _ends(pieces)], dtype=torch.bool)


def deciding_tokens(pieces: Sequence[str], start: int, stop: int) -> Tensor:
    """bool [L]: tokens that share a character with [start, stop); none where start is negative."""
    ends = _ends(pieces)
    starts = [0, *ends[:-1]]
    return torch.tensor(
        [first < stop and end > max(start, first) and start >= 0 for first, end in zip(starts, ends, strict=True)],
        dtype=torch.bool,
    )


def _ends(pieces: Sequence[str]) -> list[int]:
    return list(accumulate(len(piece.encode("utf-16-le")) // 2 for piece in pieces))
