"""The loss of a micro-batch: PPO's or AWR's, less the entropy bonus, plus what holds the policy back. All of it is a
sum over steps, so that results do not depend on how a batch is split."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from coso_worker.losses.awr import awr_loss
from coso_worker.losses.covariance import log_prob_gaps
from coso_worker.losses.entropy import weighted_entropy
from coso_worker.losses.importance import truncated_importance
from coso_worker.losses.ppo import ppo_loss
from coso_worker.losses.token_weights import CausalWeights, scale_gradients
from coso_worker.losses.utterance import sum_per_utterance, utterance_log_probs
from coso_worker.policies.policy import Policy
from coso_worker.policies.token_statistics import TokenStatistics, token_statistics
from coso_worker.update.metrics import MetricSums
from coso_worker.update.micro_batch import MicroBatch
from coso_worker.update.settings import AwrObjective, KlRegion, PpoObjective, UpdateSettings


def summed_loss(policy: Policy, part: MicroBatch, settings: UpdateSettings, sums: MetricSums) -> tuple[Tensor, Tensor]:
    """The loss summed over the micro-batch's steps, and gaps [T] between this pass and what drew the tokens."""
    objective = settings.objective
    with torch.set_grad_enabled(not (isinstance(objective, PpoObjective) and objective.value_only)):
        statistics, state_NH = _forward(policy, part, settings)
    rows = len(part.experiences)

    def per_utterance(log_probs_T: Tensor) -> Tensor:
        return utterance_log_probs(log_probs_T, part.is_action_T, part.row_T, rows, settings.thought_coefficient)

    def column(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=policy.device)

    importance_N = None
    if settings.mismatch.truncation is not None:
        old_N, drawn_N = per_utterance(part.old_log_probs_T), per_utterance(part.drawn_log_probs_T)
        importance_N, importance_metrics = truncated_importance(old_N, drawn_N, settings.mismatch.truncation)
        for name, value in importance_metrics.items():
            sums.add(name, value)
    log_probs_N = per_utterance(scale_gradients(statistics.log_probs_T, part.gradient_weights_T))
    advantages_N = column([experience.advantage for experience in part.experiences])
    match objective:
        case PpoObjective():
            loss, metrics = ppo_loss(
                log_probs_N,
                per_utterance(part.old_log_probs_T),
                advantages_N,
                policy.values(state_NH.detach() if objective.detach_value else state_NH),
                column([experience.step.value for experience in part.experiences]),
                column([experience.target for experience in part.experiences]),
                objective.terms,
                importance_N,
            )
        case AwrObjective():
            weighed_N = advantages_N if importance_N is None else advantages_N * importance_N
            loss, metrics = awr_loss(log_probs_N, weighed_N)
    for name, value in metrics.items():
        sums.add(name, value)
    sums.add(
        "policy/token_entropy", (sum_per_utterance(statistics.entropies_T, part.row_T, rows) / part.lengths_N).sum()
    )
    if settings.entropy is not None and part.entropy_weights_T is not None:
        bonus = settings.entropy
        entropy_N = weighted_entropy(
            statistics.entropies_T, part.entropy_weights_T, part.row_T, part.lengths_N, bonus.reduction
        )
        is_causal = isinstance(bonus.weights, CausalWeights)
        sums.add("loss/causal_entropy" if is_causal else "loss/entropy", entropy_N.sum())
        loss = loss - bonus.coefficient * entropy_N.sum()
    if settings.covariance_penalty is not None and part.held_back_T is not None:
        gap = (log_prob_gaps(statistics.log_probs_T, part.old_log_probs_T) * part.held_back_T).sum()
        sums.add("loss/kl_cov", gap)
        loss = loss + settings.covariance_penalty.coefficient * gap
    if settings.kl is not None and statistics.kl_T is not None:
        kl = (statistics.kl_T * kl_mask(settings.kl.region, part)).sum()
        sums.add("loss/kl", kl)
        loss = loss + settings.kl.coefficient * kl
    return loss, (statistics.log_probs_T - part.drawn_log_probs_T).detach()


def kl_mask(region: KlRegion, part: MicroBatch) -> Tensor:
    """bool [T]: the tokens whose KL counts."""
    match region:
        case "utterance":
            return torch.ones_like(part.is_action_T)
        case "thoughts":
            return ~part.is_action_T
        case "format":
            return ~part.decides_T


def _forward(policy: Policy, part: MicroBatch, settings: UpdateSettings) -> tuple[TokenStatistics, Tensor]:
    prompts = [experience.step.prompt for experience in part.experiences]
    utterances = [experience.step.tokens_L for experience in part.experiences]
    reference_TH = None
    if settings.kl is not None:
        with torch.no_grad():
            reference_TH = policy.hidden(prompts, utterances, reference=True).utterance_TH
    hidden = policy.hidden(prompts, utterances)
    statistics = token_statistics(
        hidden.utterance_TH,
        part.tokens_T,
        policy.logits,
        settings.temperature,
        vocabulary_size=policy.vocabulary_size,
        reference_hidden_TH=reference_TH,
        reference_logits=lambda hidden_TH: policy.logits(hidden_TH, reference=True),
    )
    return statistics, hidden.state_NH
