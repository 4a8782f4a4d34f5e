"""Causal weights the way that CoSo's published code computes them, written from its description, for comparison."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from coso_worker.counterfactual.scoring import ActionProbability
from coso_worker.policies.padding import pad_right

POSITIONS_IN_A_PASS = 64


@torch.no_grad()
def published_way(
    probability: ActionProbability,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    zeroed: Sequence[Tensor],
    window: int,
    null_token: int,
) -> list[Tensor]:
    """|ΔP| with `window` tokens from each position on nullified, and 0 for `zeroed` tokens, bool [L_n]. float32 [L_n].

    Utterances are padded to the longest; a pass holds 64 positions of all of them, 64 N sequences. Every position is
    scored, and what zeroed ones got is thrown away.
    """
    tokens_NL, mask_NL = pad_right(tokens, null_token)
    rows, longest = tokens_NL.shape
    factual_N = probability(tokens_NL, mask_NL, labels_NF)
    changes_NL = torch.zeros(rows, longest)
    for first in range(0, longest, POSITIONS_IN_A_PASS):
        positions = range(first, min(first + POSITIONS_IN_A_PASS, longest))
        nullified_NPL = tokens_NL.unsqueeze(1).repeat(1, len(positions), 1)
        for p, position in enumerate(positions):
            nullified_NPL[:, p, position : position + window] = null_token
        counterfactual = probability(
            nullified_NPL.flatten(0, 1),
            mask_NL.repeat_interleave(len(positions), dim=0),
            labels_NF.repeat_interleave(len(positions), dim=0),
        )
        changes_NL[:, positions.start : positions.stop] = (
            factual_N.unsqueeze(1) - counterfactual.reshape(rows, len(positions))
        ).abs()
    return [
        changes_NL[n, : y.numel()].masked_fill(zeroed_L, 0.0)
        for n, (y, zeroed_L) in enumerate(zip(tokens, zeroed, strict=True))
    ]
