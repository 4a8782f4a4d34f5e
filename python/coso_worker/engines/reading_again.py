"""What the policy that learns makes of utterances that somebody else has said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.policies.policy import Policy, Prompt
from coso_worker.policies.token_statistics import token_statistics

MICRO_BATCH = 16
"""Utterances in one pass, which keeps no gradients."""


@dataclass(frozen=True)
class ReadAgain:
    log_probs: list[Tensor]
    """N tensors float32 [L_n]."""
    entropies: list[Tensor]
    """N tensors float32 [L_n], nats."""
    values_N: Tensor


def _unheard(done: int, total: int) -> None:
    """Nobody waits to hear how far it is."""


@torch.no_grad()
def read_again(
    policy: Policy,
    prompts: Sequence[Prompt],
    utterances: Sequence[Tensor],
    temperature: float,
    on_batch: Callable[[int, int], None] = _unheard,
) -> ReadAgain:
    """Log-probs and entropies of utterances at a temperature, V(s) of their prompts; on the CPU."""
    log_probs: list[Tensor] = []
    entropies: list[Tensor] = []
    values = []
    for start in range(0, len(prompts), MICRO_BATCH):
        part = slice(start, start + MICRO_BATCH)
        hidden = policy.hidden(prompts[part], utterances[part])
        statistics = token_statistics(
            hidden.utterance_TH,
            torch.cat(list(utterances[part])).to(policy.device),
            policy.logits,
            temperature,
            vocabulary_size=policy.vocabulary_size,
        )
        lengths = [tokens_L.numel() for tokens_L in utterances[part]]
        log_probs += torch.split(statistics.log_probs_T.cpu(), lengths)
        entropies += torch.split(statistics.entropies_T.cpu(), lengths)
        values.append(policy.values(hidden.state_NH).cpu())
        on_batch(min(start + MICRO_BATCH, len(prompts)), len(prompts))
    return ReadAgain(log_probs, entropies, torch.cat(values) if values else torch.zeros(0))


@torch.no_grad()
def values_of(policy: Policy, prompts: Sequence[Prompt]) -> Tensor:
    """V(s) of each prompt, float32 [N] on the CPU."""
    # Some utterance belongs to a pass; V(s) is read before its first token.
    nothing_said = torch.tensor([policy.null_token])
    parts = [prompts[start : start + MICRO_BATCH] for start in range(0, len(prompts), MICRO_BATCH)]
    values = [policy.values(policy.hidden(part, [nothing_said] * len(part)).state_NH).cpu() for part in parts]
    return torch.cat(values) if values else torch.zeros(0)
