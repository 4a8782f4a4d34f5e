"""Causal weights B^i from an SCM: Eq. 6 as the paper has it, and as the published code has it.

Shapes: N utterances of L_n tokens each, F action factors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from coso_worker.counterfactual.scoring import ActionProbability, Nullification, OnBatch, ignore, likelihood_changes

Normalisation = Literal["none", "min-max"]


def paper_weights(
    probability: ActionProbability,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    null_token: int,
    micro_batch: int,
    on_batch: OnBatch = ignore,
) -> list[Tensor]:
    """Eq. 6: B^i = |P(a | y) − P(a | y^-i ∪ y_null^i)|, one token at a time. Values lie in [0, 1]."""
    nullifications = [Nullification(row, i, i + 1) for row, y in enumerate(tokens) for i in range(y.numel())]
    return likelihood_changes(probability, tokens, labels_NF, nullifications, null_token, micro_batch, on_batch)


def published_weights(
    probability: ActionProbability,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    zeroed: Sequence[Tensor],
    window: int,
    null_token: int,
    normalisation: Normalisation,
    power: float,
    micro_batch: int,
    on_batch: OnBatch = ignore,
) -> list[Tensor]:
    """The published variant: `window` tokens from i on are nullified together (cut at the utterance's end), zeroed
    tokens get 0, then each utterance is normalised, then raised to `power`. Values lie in [0, 1].

    `zeroed` marks tokens without weight, bool [L_n] each. They are skipped, since what they would get is overwritten
    before normalisation sees it.
    """
    nullifications = [
        Nullification(row, i, min(i + window, y.numel()))
        for row, y in enumerate(tokens)
        for i in range(y.numel())
        if not bool(zeroed[row][i])
    ]
    changes = likelihood_changes(probability, tokens, labels_NF, nullifications, null_token, micro_batch, on_batch)
    if normalisation == "min-max":
        changes = [_min_max(change_L) for change_L in changes]
    return [change_L.pow(power) for change_L in changes]


def _min_max(change_L: Tensor) -> Tensor:
    low, high = change_L.min(), change_L.max()
    # Where no token matters more than another there is nothing to stretch.
    return torch.zeros_like(change_L) if high <= low else (change_L - low) / (high - low)
