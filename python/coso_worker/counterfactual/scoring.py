"""The likelihood of the parsed action when tokens are nullified: one pass of the SCM a nullified sequence.

The numbers are the same whatever the micro-batch. Shapes: N utterances of L_n tokens each, F action factors; D distinct
utterances, shortest first; C counterfactuals of theirs; M sequences in one pass.
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
    rank = {row: d for d, row in enumerate(distinct)}
    batches = _Batches([tokens[row] for row in distinct], labels_NF[distinct], null_token)
    cuts_C3 = _unique([(rank[representative[cut.row]], cut.start, cut.stop) for cut in nullifications], batches.width)

    factual = [probability(*batches.factual(rows_M)) for rows_M in torch.arange(len(distinct)).split(micro_batch)]
    counterfactual: list[Tensor] = []
    scored = 0
    for cuts_M3 in cuts_C3.split(micro_batch):
        counterfactual.append(probability(*batches.nullified(cuts_M3)))
        scored += len(cuts_M3)
        on_batch(scored, len(cuts_C3))

    changes_DL = torch.zeros(len(distinct), batches.width)
    if counterfactual:
        row_C, start_C, _ = cuts_C3.unbind(1)
        # Results leave an accelerator together, at the end: asking for each would make it wait after every pass.
        changes_DL[row_C, start_C] = (torch.cat(factual).cpu()[row_C] - torch.cat(counterfactual).cpu()).abs()
    return [changes_DL[rank[row], : y.numel()].clone() for row, y in zip(representative, tokens, strict=True)]


class _Batches:
    """What the SCM reads, laid out once. Passes are given rows in rising order, so the last of them is the longest."""

    def __init__(self, tokens: Sequence[Tensor], labels_DF: Tensor, null_token: int) -> None:
        self._tokens_DL, self._mask_DL = pad_right(tokens, null_token)
        self._labels_DF = labels_DF
        self._null_token = null_token
        self._lengths = [y.numel() for y in tokens]
        self._positions_L = torch.arange(self.width)

    @property
    def width(self) -> int:
        """Tokens of the longest utterance."""
        return self._tokens_DL.shape[1]

    def factual(self, rows_M: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Utterances as they are: tokens [M, L], mask [M, L], labels [M, F]."""
        longest = self._lengths[int(rows_M[-1])]
        return self._tokens_DL[rows_M, :longest], self._mask_DL[rows_M, :longest], self._labels_DF[rows_M]

    def nullified(self, cuts_M3: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The same with tokens `start` to `stop` replaced; a cut is (row, start, stop)."""
        row_M, start_M, stop_M = cuts_M3.unbind(1)
        tokens_ML, mask_ML, labels_MF = self.factual(row_M)
        positions_L = self._positions_L[: tokens_ML.shape[1]]
        is_null_ML = (positions_L >= start_M.unsqueeze(1)) & (positions_L < stop_M.unsqueeze(1))
        return tokens_ML.masked_fill_(is_null_ML, self._null_token), mask_ML, labels_MF


def _unique(cuts: Sequence[tuple[int, int, int]], width: int) -> Tensor:
    """int64 [C, 3]: distinct cuts in rising order. One number a cut, since those sort many times faster than rows."""
    row_C, start_C, stop_C = torch.tensor(cuts, dtype=torch.long).reshape(-1, 3).unbind(1)
    base = width + 1
    key_C = torch.unique((row_C * base + start_C) * base + stop_C)
    return torch.stack([key_C // base**2, key_C // base % base, key_C % base], dim=1)


def _representatives(tokens: Sequence[Tensor], labels_NF: Tensor) -> list[int]:
    """For each row the first row with the same tokens and labels: an agent often says the same twice in a batch."""
    first: dict[tuple[int, ...], int] = {}
    keys = ((*labels, *y.tolist()) for labels, y in zip(labels_NF.tolist(), tokens, strict=True))
    return [first.setdefault(key, row) for row, key in enumerate(keys)]
