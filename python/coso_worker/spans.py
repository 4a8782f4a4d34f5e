"""Characters → tokens. Offsets count UTF-16 code units, as TypeScript's strings do."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def action_tokens(pieces: Sequence[str], action_start: int | None) -> Tensor:
    """bool [L]: tokens that reach past `action_start`; the end token goes with the action. None: no token at all."""
    ends: list[int] = []
    offset = 0
    for piece in pieces:
        offset += len(piece.encode("utf-16-le")) // 2
        ends.append(offset)
    if action_start is None:
        return torch.zeros(len(pieces), dtype=torch.bool)
    return torch.tensor([end > action_start for end in ends], dtype=torch.bool)
