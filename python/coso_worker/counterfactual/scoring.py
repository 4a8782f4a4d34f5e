"""The likelihood of the parsed action when tokens are nullified: one pass of the SCM a nullified sequence.

The numbers are the same whatever the micro-batch. Shapes: N utterances of L_n tokens each, F action factors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.policies.padding import pad_right

ActionProbability = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(tokens [M, L], mask [M, L], labels [M, F]) → P(a | y), float32 [M]."""

OnBatch = Callable[[int, int], None]
"""Told after each pass: nullified sequences scored so far, and of how many."""


def ignore(scored: int, total: int) -> None:
    """For callers that do not ask how far it is."""


@dataclass(frozen=True)
class Nullification:
    """One counterfactual: utterance `row` with tokens `start` to `stop` (exclusive) replaced by the null token."""

    row: int
    start: int
    stop: int


@torch.no_grad()
def likelihood_changes(
    probability: ActionProbability,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    nullifications: Sequence[Nullification],
    null_token: int,
    micro_batch: int,
    on_batch: OnBatch = ignore,
) -> list[Tensor]:
    """|ΔP| of each nullification, written at its `start`; 0 where there is none. One float32 [L_n] an utterance.

    No two nullifications of an utterance may start alike. Equal utterances are computed once, and those of like length
    share a micro-batch, so that little of a pass is padding.
    """
    representative = _representatives(tokens, labels_NF)
    distinct = sorted(set(representative), key=lambda row: tokens[row].numel())
    factual_N = torch.empty(len(tokens))
    for start in range(0, len(distinct), micro_batch):
        rows = distinct[start : start + micro_batch]
        tokens_ML, mask_ML = pad_right([tokens[row] for row in rows], null_token)
        factual_N[rows] = probability(tokens_ML, mask_ML, labels_NF[rows]).cpu()

    changes = [torch.zeros(y.numel()) for y in tokens]
    rank = {row: position for position, row in enumerate(distinct)}
    asked = {Nullification(representative[cut.row], cut.start, cut.stop) for cut in nullifications}
    ordered = sorted(asked, key=lambda cut: (rank[cut.row], cut.start))
    for first in range(0, len(ordered), micro_batch):
        cuts = ordered[first : first + micro_batch]
        rows = [cut.row for cut in cuts]
        nullified_ML, mask_ML = pad_right([tokens[row] for row in rows], null_token)
        for m, cut in enumerate(cuts):
            nullified_ML[m, cut.start : cut.stop] = null_token
        counterfactual_M = probability(nullified_ML, mask_ML, labels_NF[rows]).cpu()
        change_M = (factual_N[rows] - counterfactual_M).abs()
        for cut, change in zip(cuts, change_M, strict=True):
            changes[cut.row][cut.start] = change
        on_batch(first + len(cuts), len(ordered))
    return [changes[row] for row in representative]


def _representatives(tokens: Sequence[Tensor], labels_NF: Tensor) -> list[int]:
    """For each row the first row with the same tokens and labels: an agent often says the same twice in a batch."""
    first: dict[tuple[int, ...], int] = {}
    keys = ((*labels, *y.tolist()) for labels, y in zip(labels_NF.tolist(), tokens, strict=True))
    return [first.setdefault(key, row) for row, key in enumerate(keys)]
