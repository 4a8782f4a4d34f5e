"""Weights in [0, 1] of the tokens of one update: the entropy bonus has its own, and the policy gradient has its own.

T: all tokens of the update, one step's after another's. What a weight depends on was fixed when the tokens were
sampled, so weights hold for all epochs, and no batch or micro-batch changes which tokens are chosen. Nor does the order
of steps, but between tokens whose values are equal to the last bit: there the earlier step goes first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from coso_worker.errors import WorkerError


@dataclass(frozen=True)
class UpdateTokens:
    """What is known of the tokens of an update; everything is [T]."""

    is_action_T: Tensor
    """bool: from the action key on."""
    decides_T: Tensor
    """bool: f^parse read the action from them."""
    log_probs_T: Tensor
    """log π_old(y^i), as sampled."""
    entropies_T: Tensor
    """H(y^i | y^<i) when sampled, nats."""
    advantages_T: Tensor
    """Each token's is that of its utterance."""
    causal_weights_T: Tensor | None
    """B^i; None when a step has not been weighed."""


class TokenWeighting(Protocol):
    """A rule from an update's tokens to their weights."""

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        """float32 [T], in [0, 1]. Only rules that draw use `generator`."""
        ...


@dataclass(frozen=True)
class UniformWeights:
    """1 for all: RL + H (Eq. 2), and the plain policy gradient."""

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        return torch.ones_like(tokens.log_probs_T)


@dataclass(frozen=True)
class CausalWeights:
    """floor + (1 − floor) · B^i: CoSo (Eq. 7) with a floor of 0."""

    floor: float

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        """Raises WorkerError `not-weighed` when a step has no causal weights."""
        if tokens.causal_weights_T is None:
            raise WorkerError(
                "not-weighed", "weights of kind causal: expected `weigh` to have been called for every step"
            )
        return self.floor + (1 - self.floor) * tokens.causal_weights_T


@dataclass(frozen=True)
class ActionWeights:
    """1 from the action key on, 0 for the thoughts before it."""

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        return tokens.is_action_T.float()


@dataclass(frozen=True)
class SpanWeights:
    """1 for the tokens that f^parse read the action from, else 0."""

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        return tokens.decides_T.float()


@dataclass(frozen=True)
class HighEntropyWeights:
    """1 for the `share` of tokens with the highest entropy, else 0 ("Beyond the 80/20 Rule", Wang et al., 2025,
    arXiv 2506.01939, where only those carry the policy gradient, with a share of 0.2).

    Entropies are those of sampling, and the share is taken over the whole update. The paper takes the entropies of the
    policy being trained, and the share within each batch.
    """

    share: float

    def of(self, tokens: UpdateTokens, generator: torch.Generator) -> Tensor:
        return highest(tokens.entropies_T, self.share).float()


def highest(values_T: Tensor, share: float) -> Tensor:
    """bool [T]: the `share` of highest values; among equal ones the first."""
    order_T = values_T.argsort(descending=True, stable=True)
    chosen_T = torch.zeros_like(values_T, dtype=torch.bool)
    chosen_T[order_T[: number_of(share, values_T.numel())]] = True
    return chosen_T


def number_of(share: float, tokens: int) -> int:
    """How many tokens a share is: rounded down, and at least one where the share is not 0."""
    # A product such as 0.29 · 100 ends a little below the number that is meant.
    return 0 if share == 0 else max(1, math.floor(share * tokens + 1e-9))


def scale_gradients(values_T: Tensor, weights_T: Tensor) -> Tensor:
    """`values_T` to the last bit, their gradients times `weights_T`: w · v + (1 − w) · v.detach() without rounding.

    So ratios, clipping and metrics of PPO stay those of the true policy, whatever the weights.
    """
    constant_T = values_T.detach()
    return constant_T + weights_T * (values_T - constant_T)
