"""Entropy of an utterance: uniform (Eq. 2), causal-weighted (Eq. 7) or weighted otherwise."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from coso_worker.losses.utterance import sum_per_utterance

Reduction = Literal["sum", "mean"]


def weighted_entropy(
    entropies_T: Tensor, weights_T: Tensor, row_T: Tensor, lengths_N: Tensor, reduction: Reduction
) -> Tensor:
    """H^B(π(·|s)) = Σ_i B^i H(y^i | y^<i), float [N]; Eq. 2 with weights of 1.

    `mean` divides by the utterance's length, as the published code does: its α of 1 over 50 tokens is 0.02 on the sum.
    Gradients flow through the entropies, never through the weights.
    """
    total_N = sum_per_utterance(entropies_T * weights_T, row_T, lengths_N.numel())
    return total_N if reduction == "sum" else total_N / lengths_N
