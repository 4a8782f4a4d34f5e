"""A few experiences laid out flat, on the policy's device."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.update.experience import Experience, WeighedExperience


@dataclass(frozen=True)
class MicroBatch:
    """`row_T` names each token's step. Weights are None where the loss has no term for them."""

    experiences: Sequence[Experience]
    tokens_T: Tensor
    row_T: Tensor
    lengths_N: Tensor
    is_action_T: Tensor
    decides_T: Tensor
    old_log_probs_T: Tensor
    """Of the policy that the steps were sampled from."""
    drawn_log_probs_T: Tensor
    """Of the engine that drew them."""
    entropy_weights_T: Tensor | None
    gradient_weights_T: Tensor
    held_back_T: Tensor | None


def flatten(weighed: Sequence[WeighedExperience], device: torch.device) -> MicroBatch:
    """One after another, in their order."""
    experiences = [each.experience for each in weighed]
    steps = [experience.step for experience in experiences]
    lengths_N = torch.tensor([step.tokens_L.numel() for step in steps])
    return MicroBatch(
        experiences=experiences,
        tokens_T=torch.cat([step.tokens_L for step in steps]).to(device),
        row_T=torch.repeat_interleave(torch.arange(len(steps)), lengths_N).to(device),
        lengths_N=lengths_N.to(device),
        is_action_T=torch.cat([experience.is_action_L for experience in experiences]).to(device),
        decides_T=torch.cat([experience.decides_L for experience in experiences]).to(device),
        old_log_probs_T=torch.cat([step.log_probs_L for step in steps]).to(device),
        drawn_log_probs_T=torch.cat([step.drawn_log_probs_L for step in steps]).to(device),
        entropy_weights_T=_joined((each.entropy_weights_L for each in weighed), device),
        gradient_weights_T=torch.cat([each.gradient_weights_L for each in weighed]).to(device),
        held_back_T=_joined((each.held_back_L for each in weighed), device),
    )


def _joined(parts: Iterable[Tensor | None], device: torch.device) -> Tensor | None:
    """None when there are none: an update weighs every step or no step."""
    present = [part for part in parts if part is not None]
    return torch.cat(present).to(device) if present else None
