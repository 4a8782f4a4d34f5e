"""Optimiser steps of one update."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor

from coso_worker.batching import drawn_batches, shuffled_batches
from coso_worker.distributed.gradients import clip_gradients, sum_gradients
from coso_worker.distributed.passes import passes_of
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.losses.utterance import sum_per_utterance
from coso_worker.policies.policy import Policy
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.step_store import KeptStep
from coso_worker.update.experience import Experience, weigh_tokens
from coso_worker.update.loss import summed_loss
from coso_worker.update.metrics import MetricSums, mismatch, require_small
from coso_worker.update.micro_batch import flatten
from coso_worker.update.settings import AwrObjective, PpoObjective, UpdateSettings


def update_policy(
    policy: Policy,
    optimiser: torch.optim.Optimizer,
    experiences: Sequence[Experience],
    settings: UpdateSettings,
    generator: torch.Generator,
    on_batch: Callable[[int, int], None],
    fresh_steps: Sequence[KeptStep] = (),
    ranks: Ranks = ALONE,
) -> dict[str, float]:
    """Takes all optimiser steps and returns metrics averaged over the steps they saw; weights' means are over tokens.
    Every rank is given all experiences, passes over its share of each batch, and returns the same.

    `mismatch/*` compare the log-probs that tokens were drawn by with those of this pass before any optimiser step: of
    PPO's first batch, or, since AWR also learns from what other policies sampled, of `fresh_steps`, sampled by the
    present one. Nothing else is returned where there is nothing to learn from.
    Raises WorkerError `not-weighed` when causal weights are asked for and a step has none; `mismatch` before the policy
    is changed where the mean gap is larger than the settings allow.
    """
    total = _number_of_batches(len(experiences), settings)
    metrics = _mismatch_of(policy, fresh_steps, settings, ranks, lambda: on_batch(0, max(total, 1)))
    require_small(metrics, settings.mismatch)
    if total == 0:
        return metrics
    # A generator of its own: rules that draw must not change which steps share a batch.
    weights_generator = torch.Generator().manual_seed(generator.initial_seed() + 1)
    weighed, weight_metrics = weigh_tokens(experiences, settings, weights_generator)
    metrics |= weight_metrics
    sums = MetricSums()
    seen = 0
    grad_norms: list[float] = []
    for number, rows in enumerate(_batches(len(experiences), settings, generator)):
        gaps: list[tuple[Tensor, Tensor]] = []
        optimiser.zero_grad(set_to_none=True)
        with policy.learning("rl"):
            for one in passes_of(rows, settings.micro_batch, ranks):
                part = flatten([weighed[row] for row in one.rows], policy.device)
                loss, gap_T = summed_loss(policy, part, settings, sums if one.counts else MetricSums())
                (loss * one.weight / len(rows)).backward()
                if one.counts:
                    gaps.append((gap_T, sum_per_utterance(gap_T, part.row_T, len(part.experiences))))
                on_batch(number, total)
        if number == 0 and isinstance(settings.objective, PpoObjective):
            metrics |= mismatch(gaps, ranks)
            require_small(metrics, settings.mismatch)
        trained = [parameter for group in optimiser.param_groups for parameter in group["params"]]
        sum_gradients(trained, ranks)
        grad_norms.append(clip_gradients(trained, settings.max_grad_norm, ranks))
        optimiser.step()
        seen += len(rows)
        on_batch(number + 1, total)
    metrics |= sums.over(ranks).means(seen)
    metrics["policy/grad_norm"] = sum(grad_norms) / len(grad_norms)
    return metrics


def _batches(rows: int, settings: UpdateSettings, generator: torch.Generator) -> Iterator[list[int]]:
    match settings.objective:
        case PpoObjective(epochs=epochs):
            for _ in range(epochs):
                yield from shuffled_batches(rows, settings.batch_size, generator)
        case AwrObjective(steps=steps):
            yield from drawn_batches(rows, settings.batch_size, steps, generator)


def _number_of_batches(rows: int, settings: UpdateSettings) -> int:
    match settings.objective:
        case PpoObjective(epochs=epochs):
            return epochs * -(-rows // settings.batch_size)
        case AwrObjective(steps=steps):
            return steps if rows > 0 else 0


@torch.no_grad()
def _mismatch_of(
    policy: Policy, steps: Sequence[KeptStep], settings: UpdateSettings, ranks: Ranks, on_pass: Callable[[], None]
) -> dict[str, float]:
    if not steps:
        return {}
    gaps: list[tuple[Tensor, Tensor]] = []
    with policy.learning("rl"):
        for one in passes_of(steps, settings.micro_batch, ranks):
            part = one.rows
            utterances = [step.tokens_L for step in part]
            log_probs_T = token_statistics(
                policy.hidden([step.prompt for step in part], utterances).utterance_TH,
                torch.cat(utterances).to(policy.device),
                policy.logits,
                settings.temperature,
                vocabulary_size=policy.vocabulary_size,
            ).log_probs_T
            gap_T = log_probs_T - torch.cat([step.drawn_log_probs_L for step in part]).to(policy.device)
            lengths_N = torch.tensor([tokens_L.numel() for tokens_L in utterances])
            row_T = torch.repeat_interleave(torch.arange(len(part)), lengths_N).to(policy.device)
            if one.counts:
                gaps.append((gap_T, sum_per_utterance(gap_T, row_T, len(part))))
            on_pass()
    return mismatch(gaps, ranks)
