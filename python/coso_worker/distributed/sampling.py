"""Sampling in shares: each rank speaks for its rows of a request, and hears what the others said."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from coso_worker.distributed.ranks import Ranks
from coso_worker.policies.policy import Policy, Prompt, Sampled


def sample_in_shares(
    ranks: Ranks,
    policy: Policy,
    prompts: Sequence[Prompt],
    *,
    temperature: float,
    greedy: bool,
    max_new_tokens: int,
    seed: int,
) -> Sampled:
    """What `policy.sample` gives of all prompts, on every rank.

    Greedy utterances are those of one process. Drawn ones are not: each rank draws with a generator of its own, seeded
    by the request and its first row, which of the request's first row is the seed of one process.
    """
    rows = ranks.share(len(prompts))
    if len(rows) > 0:
        own = policy.sample(
            prompts[rows.start : rows.stop],
            temperature=temperature,
            greedy=greedy,
            max_new_tokens=max_new_tokens,
            generator=torch.Generator().manual_seed(seed + rows.start),
        )
    else:
        own = Sampled([], [], [], [], torch.zeros(0))
    if ranks.size == 1:
        return own
    values = ranks.join_tensors(list(own.values_N.split(1)), torch.float32)
    return Sampled(
        tokens=ranks.join_tensors(own.tokens, torch.int64),
        log_probs=ranks.join_tensors(own.log_probs, torch.float32),
        entropies=ranks.join_tensors(own.entropies, torch.float32),
        finished=ranks.join_rows(own.finished, list[bool]),
        values_N=torch.cat(values) if values else torch.zeros(0),
    )
