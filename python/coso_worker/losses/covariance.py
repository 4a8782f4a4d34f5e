"""Clip-Cov and KL-Cov (Cui et al., 2025, "The Entropy Mechanism of Reinforcement Learning for Reasoning Language
Models", arXiv 2505.22617): a policy gradient step takes entropy from tokens whose log-prob and advantage vary together,
so a few of those are left out of the gradient, or held back.

Same as there: the covariance of a token, the range with a random draw and the top share, at least one token each, the
absolute gap as the estimate of KL (in the authors' code; the paper writes D_KL), a coefficient of 1 by default.

Different, since PPO here has one ratio and one advantage an utterance, where theirs has one of each a token: a token
left out loses its gradient within its utterance's ratio, which keeps its value; the penalty is added to the clipped
surrogate, where theirs is added to an unclipped one; sums over an utterance's tokens are averaged over steps, where
theirs are averaged over tokens. Covariances are those of sampling over the whole update, where theirs are of the policy
being trained within a micro-batch; so tokens that the surrogate has clipped cannot be left out of the draw beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from coso_worker.losses.token_weights import UpdateTokens, highest, number_of

ROUNDING = 1e-3
"""Nats below which two passes over one text may differ without meaning it."""


@dataclass(frozen=True)
class ClipCovWeights:
    """0 for a random `share` of all tokens among those whose covariance lies in [low, high], or for all of those if
    they are fewer; 1 for every other token."""

    share: float
    low: float
    high: float

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        covariances_T = covariances(tokens)
        inside = ((covariances_T >= self.low) & (covariances_T <= self.high)).nonzero().squeeze(-1)
        # Drawn by rank, not by place, so that the order of steps does not matter.
        ranked = inside[covariances_T[inside].argsort(stable=True)]
        drawn = torch.randperm(ranked.numel(), generator=generator)[: number_of(self.share, covariances_T.numel())]
        weights_T = torch.ones_like(tokens.log_probs_T)
        weights_T[ranked[drawn]] = 0
        return weights_T


@dataclass(frozen=True)
class CovariancePenalty:
    """KL-Cov: the `share` of tokens with the highest covariance is held back by `coefficient` times `log_prob_gaps`."""

    share: float
    coefficient: float

    def held_back(self, tokens: UpdateTokens) -> Tensor:
        """bool [T]."""
        return highest(covariances(tokens), self.share)


def covariances(tokens: UpdateTokens) -> Tensor:
    """(log π_old(y^i) − mean) · (A − mean), float64 [T]; means over all tokens of the update."""
    log_probs_T, advantages_T = tokens.log_probs_T.double(), tokens.advantages_T.double()
    return (log_probs_T - log_probs_T.mean()) * (advantages_T - advantages_T.mean())


def log_prob_gaps(log_probs_T: Tensor, sampled_log_probs_T: Tensor) -> Tensor:
    """|log π_old − log π|, [T], with a parabola in place of the corner at 0.

    Before the first optimiser step the gap is nothing but rounding, and the sign of rounding would be its gradient.
    The authors compute log π_old by the very pass they train with: there that gap is exactly 0, and its gradient too.
    """
    return functional.smooth_l1_loss(log_probs_T, sampled_log_probs_T, reduction="none", beta=ROUNDING)
