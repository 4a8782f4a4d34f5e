"""Optimiser steps over all epochs of one update."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from coso_worker.batching import shuffled_batches
from coso_worker.losses.utterance import sum_per_utterance
from coso_worker.policies.policy import Policy
from coso_worker.update.experience import Experience, weigh_tokens
from coso_worker.update.loss import summed_loss
from coso_worker.update.metrics import MetricSums, mismatch
from coso_worker.update.micro_batch import flatten
from coso_worker.update.settings import UpdateSettings


def update_policy(
    policy: Policy,
    optimiser: torch.optim.Optimizer,
    experiences: Sequence[Experience],
    settings: UpdateSettings,
    generator: torch.Generator,
    on_batch: Callable[[int, int], None],
) -> dict[str, float]:
    """Runs all epochs and returns metrics averaged over steps and epochs; weights' means are over tokens.

    `mismatch/*` compare log-probs of sampling with those of this pass, on the first batch, before any step.
    Raises WorkerError `not-weighed` when causal weights are asked for and a step has none.
    """
    # A generator of its own: rules that draw must not change which steps share a batch.
    weights_generator = torch.Generator().manual_seed(generator.initial_seed() + 1)
    weighed, metrics = weigh_tokens(experiences, settings, weights_generator)
    sums = MetricSums()
    batches_per_epoch = -(-len(experiences) // settings.batch_size)
    grad_norms: list[float] = []
    for epoch in range(settings.epochs):
        for number, rows in enumerate(shuffled_batches(len(experiences), settings.batch_size, generator)):
            first = epoch == 0 and number == 0
            gaps: list[tuple[Tensor, Tensor]] = []
            optimiser.zero_grad(set_to_none=True)
            with policy.learning("rl"):
                for start in range(0, len(rows), settings.micro_batch):
                    part = flatten([weighed[row] for row in rows[start : start + settings.micro_batch]], policy.device)
                    loss, gap_T = summed_loss(policy, part, settings, sums)
                    (loss / len(rows)).backward()
                    gaps.append((gap_T, sum_per_utterance(gap_T, part.row_T, len(part.experiences))))
            if first:
                metrics |= mismatch(gaps)
            trained = [parameter for group in optimiser.param_groups for parameter in group["params"]]
            grad_norms.append(float(nn.utils.clip_grad_norm_(trained, settings.max_grad_norm)))
            optimiser.step()
            on_batch(epoch * batches_per_epoch + number + 1, settings.epochs * batches_per_epoch)
    metrics |= sums.means(len(experiences) * settings.epochs)
    metrics["policy/grad_norm"] = sum(grad_norms) / len(grad_norms)
    return metrics
