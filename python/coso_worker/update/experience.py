"""What an update learns from, and the weights of its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.losses.token_weights import UniformWeights, UpdateTokens
from coso_worker.step_store import KeptStep
from coso_worker.update.settings import UpdateSettings


@dataclass(frozen=True)
class Experience:
    """A step with its credit. `is_action_L` marks the action part's tokens, `decides_L` those that f^parse read the
    action from, bool [L] each."""

    step: KeptStep
    is_action_L: Tensor
    decides_L: Tensor
    advantage: float
    target: float
    """Of PPO's value head; NaN with AWR, which has none."""


@dataclass(frozen=True)
class WeighedExperience:
    """An experience with its tokens' weights in the entropy bonus and in the policy gradient, float32 [L], and whether
    KL-Cov holds them back, bool [L]."""

    experience: Experience
    entropy_weights_L: Tensor | None
    gradient_weights_L: Tensor
    held_back_L: Tensor | None


def weigh_tokens(
    experiences: Sequence[Experience], settings: UpdateSettings, generator: torch.Generator
) -> tuple[list[WeighedExperience], dict[str, float]]:
    """Weights of all tokens of the update at once, and their means where they are not all 1.

    Raises WorkerError `not-weighed` when causal weights are asked for and a step has none.
    """
    tokens = tokens_of(experiences)
    metrics: dict[str, float] = {}
    entropy_T = None
    if settings.entropy is not None:
        entropy_T = settings.entropy.weights.of(tokens, generator)
        if not isinstance(settings.entropy.weights, UniformWeights):
            metrics["policy/entropy_weight_mean"] = float(entropy_T.mean())
    gradient_T = settings.gradient.of(tokens, generator)
    if not isinstance(settings.gradient, UniformWeights):
        metrics["policy/gradient_weight_mean"] = float(gradient_T.mean())
    held_back_T = None if settings.covariance_penalty is None else settings.covariance_penalty.held_back(tokens)

    weighed: list[WeighedExperience] = []
    start = 0
    for experience in experiences:
        own = slice(start, start + experience.step.tokens_L.numel())
        weighed.append(
            WeighedExperience(
                experience,
                None if entropy_T is None else entropy_T[own],
                gradient_T[own],
                None if held_back_T is None else held_back_T[own],
            )
        )
        start = own.stop
    return weighed, metrics


def tokens_of(experiences: Sequence[Experience]) -> UpdateTokens:
    """The tokens of all experiences, in their order."""
    steps = [experience.step for experience in experiences]
    causal_weights = [step.causal_weights_L for step in steps if step.causal_weights_L is not None]
    return UpdateTokens(
        is_action_T=torch.cat([experience.is_action_L for experience in experiences]),
        decides_T=torch.cat([experience.decides_L for experience in experiences]),
        log_probs_T=torch.cat([step.log_probs_L for step in steps]),
        entropies_T=torch.cat([step.entropies_L for step in steps]),
        advantages_T=torch.cat([torch.full((each.step.tokens_L.numel(),), each.advantage) for each in experiences]),
        causal_weights_T=torch.cat(causal_weights) if len(causal_weights) == len(steps) else None,
    )
