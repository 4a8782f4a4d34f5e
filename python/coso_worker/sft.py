"""Supervised fine-tuning, the offline stage's first half: maximum likelihood of demonstrated utterances."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from coso_worker.batching import epoch_batches
from coso_worker.distributed.gradients import clip_gradients, sum_gradients
from coso_worker.distributed.passes import passes_of
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.errors import BadRequestError
from coso_worker.policies.policy import Policy, Prompt
from coso_worker.policies.token_statistics import token_statistics


@dataclass(frozen=True)
class Demonstration:
    """A prompt and the utterance to imitate, end token included."""

    prompt: Prompt
    tokens_L: Tensor


def demonstrated(policy: Policy, prompt: Prompt, utterance: str) -> Demonstration:
    """Raises BadRequestError for text with tokens that are never said, such as the unknown one that T5 reads a brace
    as: their log-probs are all but infinite, and nothing can be learned from them."""
    (tokens_L,) = policy.tokenize([utterance])
    unsaid = policy.forbidden_tokens.intersection(tokens_L.tolist())
    if unsaid:
        named = policy.null_text if policy.null_token in unsaid else f"special tokens {sorted(unsaid)}"
        raise BadRequestError(
            f"utterances: expected text that the policy can say, got {utterance!r}, in which its tokenizer "
            f"reads {named}; write it in the policy's own vocabulary"
        )
    return Demonstration(prompt, tokens_L)


def fit_sft(
    policy: Policy,
    demonstrations: Sequence[Demonstration],
    *,
    steps: int,
    batch_size: int,
    micro_batch: int,
    learning_rate: float,
    max_grad_norm: float,
    generator: torch.Generator,
    on_step: Callable[[int, float], None],
    ranks: Ranks = ALONE,
) -> list[float]:
    """AdamW along a cosine from `learning_rate` to 0. Returns each step's mean token cross-entropy, in nats.

    Every rank is given all demonstrations, passes over its share of each batch, and returns the same.
    """
    learning = policy.learning_parameters()
    optimiser = torch.optim.AdamW(learning, lr=learning_rate, weight_decay=0.0)
    losses: list[float] = []
    for step, rows in enumerate(epoch_batches(len(demonstrations), batch_size, steps, generator)):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate * 0.5 * (1 + math.cos(math.pi * step / steps))
        optimiser.zero_grad(set_to_none=True)
        tokens_in_batch = sum(demonstrations[row].tokens_L.numel() for row in rows)
        loss = 0.0
        with policy.learning("sft"):
            for one in passes_of(rows, micro_batch, ranks):
                log_probs_T = _log_probs(policy, [demonstrations[row] for row in one.rows])
                negative_log_likelihood = -log_probs_T.sum() * one.weight / tokens_in_batch
                negative_log_likelihood.backward()
                loss += float(negative_log_likelihood.detach())
        loss = ranks.total(loss)
        sum_gradients(learning, ranks)
        clip_gradients(learning, max_grad_norm, ranks)
        optimiser.step()
        losses.append(loss)
        on_step(step + 1, loss)
    return losses


def _log_probs(policy: Policy, demonstrations: Sequence[Demonstration]) -> Tensor:
    utterances = [demonstration.tokens_L for demonstration in demonstrations]
    hidden = policy.hidden([demonstration.prompt for demonstration in demonstrations], utterances)
    tokens_T = torch.cat(utterances).to(policy.device)
    return token_statistics(
        hidden.utterance_TH, tokens_T, policy.logits, temperature=1.0, vocabulary_size=policy.vocabulary_size
    ).log_probs_T
