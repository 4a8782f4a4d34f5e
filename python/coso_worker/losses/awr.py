"""Advantage-weighted regression (Peng et al., 2019) as DigiRL has it (Bai et al., 2024): maximum likelihood of the
steps that were worth it. Everything is a sum over N steps: the caller divides by the size of the whole batch, so that
results do not depend on the micro-batch."""

from __future__ import annotations

import torch
from torch import Tensor

Metrics = dict[str, Tensor]


def awr_loss(log_probs_N: Tensor, advantages_N: Tensor) -> tuple[Tensor, Metrics]:
    """Sum over steps of −A · log π(y|s), whichever policy sampled y: there is no ratio. DigiRL's A is 0 or 1.

    >>> loss, _ = awr_loss(torch.tensor([-2.0, -3.0]), torch.tensor([1.0, 0.0]))
    >>> float(loss)
    2.0
    """
    loss = -(advantages_N * log_probs_N).sum()
    with torch.no_grad():
        metrics = {"loss/policy": loss.detach(), "policy/log_prob": log_probs_N.sum()}
    return loss, metrics
