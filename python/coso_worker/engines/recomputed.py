"""What the policy that learns makes of utterances that were sampled in some other way: by other kernels, in other
precision, in another process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from coso_worker.engines.engine import RolloutEngine
from coso_worker.policies.policy import Policy, Prompt, Sampled, Sampling
from coso_worker.policies.token_statistics import token_statistics

ROWS = 16
"""Utterances in one pass, which keeps no gradients."""


class Recomputed:
    """An engine whose log-probs, entropies and values are those of training passes, beside what it drew by."""

    def __init__(self, engine: RolloutEngine, policy: Policy) -> None:
        self._engine = engine
        self._policy = policy

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        sampled = self._engine.sample(prompts, sampling)
        return recomputed(self._policy, prompts, sampled, sampling.temperature) if sampling.is_kept else sampled

    def policy_changed(self) -> None:
        self._engine.policy_changed()

    def close(self) -> None:
        self._engine.close()


@torch.no_grad()
def recomputed(policy: Policy, prompts: Sequence[Prompt], sampled: Sampled, temperature: float) -> Sampled:
    """The same tokens with the policy's own log-probs, entropies and values, as an update's first pass finds them."""
    log_probs: list[Tensor] = []
    entropies: list[Tensor] = []
    values: list[Tensor] = []
    # As in an update: where dropout is on there, log-probs are those of a pass with it.
    with policy.learning("rl"):
        for start in range(0, len(prompts), ROWS):
            rows = slice(start, start + ROWS)
            utterances = sampled.tokens[rows]
            hidden = policy.hidden(prompts[rows], utterances)
            statistics = token_statistics(
                hidden.utterance_TH,
                torch.cat(utterances).to(policy.device),
                policy.logits,
                temperature,
                vocabulary_size=policy.vocabulary_size,
            )
            lengths = [tokens_L.numel() for tokens_L in utterances]
            log_probs += statistics.log_probs_T.cpu().split(lengths)
            entropies += statistics.entropies_T.cpu().split(lengths)
            values.append(policy.values(hidden.state_NH).cpu())
    drawn = sampled.log_probs if sampled.drawn_log_probs is None else sampled.drawn_log_probs
    return replace(sampled, log_probs=log_probs, entropies=entropies, values_N=torch.cat(values), drawn_log_probs=drawn)
