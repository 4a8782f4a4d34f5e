"""Ragged token lists → one batch, in the one layout that sampling and training share."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def pad_left(rows: Sequence[Tensor], padding: int) -> tuple[Tensor, Tensor]:
    """[N, P] with `padding` in front, and its mask (True at tokens)."""
    width = max(row.numel() for row in rows)
    batch_NP = torch.full((len(rows), width), padding, dtype=torch.long)
    mask_NP = torch.zeros((len(rows), width), dtype=torch.bool)
    for n, row in enumerate(rows):
        batch_NP[n, width - row.numel() :] = row
        mask_NP[n, width - row.numel() :] = True
    return batch_NP, mask_NP


def pad_right(rows: Sequence[Tensor], padding: int) -> tuple[Tensor, Tensor]:
    """[N, L] with `padding` behind, and its mask (True at tokens)."""
    width = max(row.numel() for row in rows)
    batch_NL = torch.full((len(rows), width), padding, dtype=torch.long)
    mask_NL = torch.zeros((len(rows), width), dtype=torch.bool)
    for n, row in enumerate(rows):
        batch_NL[n, : row.numel()] = row
        mask_NL[n, : row.numel()] = True
    return batch_NL, mask_NL


def positions(mask: Tensor) -> Tensor:
    """Position ids that count tokens only, so that left padding changes nothing."""
    return (mask.long().cumsum(-1) - 1).clamp(min=0)
