"""Importance weights of utterances that other numbers drew than the learner's: where kernels or precision differ,
π_old ≠ π_drawn, and on-policy learning is off-policy by as much (Yao et al., 2025, "Your efficient RL framework
secretly brings you off-policy RL training")."""

from __future__ import annotations

import torch
from torch import Tensor

Metrics = dict[str, Tensor]


def truncated_importance(
    old_log_probs_N: Tensor, drawn_log_probs_N: Tensor, truncation: float
) -> tuple[Tensor, Metrics]:
    """min(π_old(y) / π_drawn(y), C), a constant of the loss, float [N]; metrics are sums over steps.

    >>> weights, _ = truncated_importance(torch.tensor([-1.0, -1.0]), torch.tensor([-1.0, -3.0]), truncation=2.0)
    >>> weights.tolist()
    [1.0, 2.0]
    """
    with torch.no_grad():
        ratio_N = (old_log_probs_N - drawn_log_probs_N).exp()
        weights_N = ratio_N.clamp(max=truncation)
        metrics = {
            "mismatch/importance": weights_N.sum(),
            "mismatch/truncated": (ratio_N > truncation).float().sum(),
        }
    return weights_N, metrics
