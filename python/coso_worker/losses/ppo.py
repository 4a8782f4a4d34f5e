"""PPO's clipped surrogate and value loss with RL4VLM's terms. Everything is a sum over N steps: the caller divides by
the size of the whole batch, so that results do not depend on the micro-batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

Metrics = dict[str, Tensor]


@dataclass(frozen=True)
class PpoTerms:
    """Constants of the loss. `clip`, `value_clip`, `ratio_guard` as in RL4VLM (0.1, 0.1, 10)."""

    clip: float
    value_clip: float | None
    value_coefficient: float
    ratio_guard: float | None


def ppo_loss(
    log_probs_N: Tensor,
    old_log_probs_N: Tensor,
    advantages_N: Tensor,
    values_N: Tensor,
    old_values_N: Tensor,
    returns_N: Tensor,
    terms: PpoTerms,
    importance_N: Tensor | None = None,
) -> tuple[Tensor, Metrics]:
    """Sum over steps of −w · min(r A, clip(r) A) + c_v · value loss; w is `importance_N`, 1 where it is None."""
    ratio_N = (log_probs_N - old_log_probs_N).exp()
    unclipped_N = ratio_N * advantages_N
    clipped_N = ratio_N.clamp(1 - terms.clip, 1 + terms.clip) * advantages_N
    surrogate_N = torch.minimum(unclipped_N, clipped_N)
    if terms.ratio_guard is not None:
        # A runaway ratio with a negative advantage has no bound of its own in min(·, ·).
        surrogate_N = torch.where(ratio_N > terms.ratio_guard, clipped_N, surrogate_N)

    if importance_N is not None:
        surrogate_N = surrogate_N * importance_N

    error_N = (values_N - returns_N).square()
    if terms.value_clip is not None:
        near_old_N = old_values_N + (values_N - old_values_N).clamp(-terms.value_clip, terms.value_clip)
        error_N = torch.maximum(error_N, (near_old_N - returns_N).square())
    value_loss = 0.5 * error_N.sum()

    pg_loss = -surrogate_N.sum()
    with torch.no_grad():
        log_ratio_N = log_probs_N - old_log_probs_N
        metrics = {
            "loss/policy": pg_loss.detach(),
            "loss/value": value_loss.detach(),
            # http://joschu.net/blog/kl-approx.html, the estimator (r − 1) − log r
            "policy/approx_kl": ((ratio_N - 1) - log_ratio_N).sum(),
            "policy/clip_fraction": ((ratio_N - 1).abs() > terms.clip).float().sum(),
        }
    return pg_loss + terms.value_coefficient * value_loss, metrics
