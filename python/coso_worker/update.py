"""Algorithm 1, line 18: the update of θ. PPO over utterances, the entropy term of Eq. 7, and a KL term that keeps the
format. Shapes: N steps, T utterance tokens of all steps one after another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from coso_worker.batching import shuffled_batches
from coso_worker.errors import WorkerError
from coso_worker.losses.entropy import Reduction, weighted_entropy
from coso_worker.losses.ppo import PpoTerms, ppo_loss
from coso_worker.losses.utterance import sum_per_utterance, utterance_log_probs
from coso_worker.policies.policy import Policy
from coso_worker.policies.token_statistics import TokenStatistics, token_statistics
from coso_worker.step_store import KeptStep


@dataclass(frozen=True)
class Experience:
    """A step with its credit. `is_action_L` marks the action part's tokens, `decides_L` those that f^parse read the
    action from, bool [L] each."""

    step: KeptStep
    is_action_L: Tensor
    decides_L: Tensor
    advantage: float
    target: float


@dataclass(frozen=True)
class EntropyBonus:
    """α and what it multiplies: `causal` weighs token entropies by B^i, otherwise all count alike."""

    coefficient: float
    reduction: Reduction
    causal: bool


@dataclass(frozen=True)
class KlPenalty:
    """β and the tokens it counts: the whole utterance, the thoughts before the action, or all but the tokens that
    decide the action."""

    coefficient: float
    region: Literal["utterance", "thoughts", "format"]


@dataclass(frozen=True)
class UpdateSettings:
    """How to update. `value_only` leaves the policy as it is and trains the value head; with `detach_value` the value
    loss never reaches the backbone."""

    terms: PpoTerms
    thought_coefficient: float
    epochs: int
    batch_size: int
    micro_batch: int
    max_grad_norm: float
    value_only: bool
    detach_value: bool
    temperature: float
    entropy: EntropyBonus | None
    kl: KlPenalty | None


class MetricSums:
    """Sums over steps, averaged once at the end."""

    def __init__(self) -> None:
        self._sums: defaultdict[str, float] = defaultdict(float)

    def add(self, name: str, value: Tensor | float) -> None:
        """Adds a sum over steps."""
        self._sums[name] += value.item() if isinstance(value, Tensor) else value

    def means(self, count: int) -> dict[str, float]:
        """Each sum divided by `count`."""
        return {name: total / count for name, total in self._sums.items()}


@dataclass(frozen=True)
class MicroBatch:
    """A few experiences laid out flat. `row_T` names each token's step."""

    experiences: Sequence[Experience]
    tokens_T: Tensor
    row_T: Tensor
    lengths_N: Tensor
    is_action_T: Tensor
    decides_T: Tensor
    sampled_log_probs_T: Tensor
    weights_T: Tensor | None


def update_policy(
    policy: Policy,
    optimiser: torch.optim.Optimizer,
    experiences: Sequence[Experience],
    settings: UpdateSettings,
    generator: torch.Generator,
    on_batch: Callable[[int, int], None],
) -> dict[str, float]:
    """Runs all epochs and returns metrics averaged over steps and epochs.

    `mismatch/*` compare log-probs of sampling with those of this pass, on the first batch, before any step.
    """
    sums = MetricSums()
    metrics: dict[str, float] = {}
    batches_per_epoch = -(-len(experiences) // settings.batch_size)
    grad_norms: list[float] = []
    for epoch in range(settings.epochs):
        for number, rows in enumerate(shuffled_batches(len(experiences), settings.batch_size, generator)):
            first = epoch == 0 and number == 0
            gaps: list[tuple[Tensor, Tensor]] = []
            optimiser.zero_grad(set_to_none=True)
            for start in range(0, len(rows), settings.micro_batch):
                part = flatten(
                    [experiences[row] for row in rows[start : start + settings.micro_batch]],
                    policy.device,
                    causal=settings.entropy is not None and settings.entropy.causal,
                )
                loss, gap_T = _loss(policy, part, settings, sums)
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


def flatten(experiences: Sequence[Experience], device: torch.device, *, causal: bool) -> MicroBatch:
    """Raises WorkerError `not-weighed` when causal weights are asked for and a step has none."""
    steps = [experience.step for experience in experiences]
    lengths_N = torch.tensor([step.tokens_L.numel() for step in steps])
    weights = [step.causal_weights_L for step in steps if step.causal_weights_L is not None]
    if causal and len(weights) < len(steps):
        raise WorkerError("not-weighed", "entropy.kind causal: expected `weigh` to have been called for every step")
    return MicroBatch(
        experiences=experiences,
        tokens_T=torch.cat([step.tokens_L for step in steps]).to(device),
        row_T=torch.repeat_interleave(torch.arange(len(steps)), lengths_N).to(device),
        lengths_N=lengths_N.to(device),
        is_action_T=torch.cat([experience.is_action_L for experience in experiences]).to(device),
        decides_T=torch.cat([experience.decides_L for experience in experiences]).to(device),
        sampled_log_probs_T=torch.cat([step.log_probs_L for step in steps]).to(device),
        weights_T=torch.cat(weights).to(device) if causal else None,
    )


def _loss(policy: Policy, part: MicroBatch, settings: UpdateSettings, sums: MetricSums) -> tuple[Tensor, Tensor]:
    """The loss summed over the micro-batch's steps, and log-prob gaps [T] between this pass and sampling."""
    with torch.set_grad_enabled(not settings.value_only):
        statistics, state_NH = _forward(policy, part, settings)
    rows = len(part.experiences)

    def per_utterance(log_probs_T: Tensor) -> Tensor:
        return utterance_log_probs(log_probs_T, part.is_action_T, part.row_T, rows, settings.thought_coefficient)

    def column(values: Sequence[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float32, device=policy.device)

    loss, metrics = ppo_loss(
        per_utterance(statistics.log_probs_T),
        per_utterance(part.sampled_log_probs_T),
        column([experience.advantage for experience in part.experiences]),
        policy.values(state_NH.detach() if settings.detach_value else state_NH),
        column([experience.step.value for experience in part.experiences]),
        column([experience.target for experience in part.experiences]),
        settings.terms,
    )
    for name, value in metrics.items():
        sums.add(name, value)
    sums.add(
        "policy/token_entropy", (sum_per_utterance(statistics.entropies_T, part.row_T, rows) / part.lengths_N).sum()
    )

    if settings.entropy is not None:
        bonus = settings.entropy
        entropy_N = weighted_entropy(
            statistics.entropies_T, part.weights_T, part.row_T, part.lengths_N, bonus.reduction
        )
        sums.add("loss/causal_entropy" if bonus.causal else "loss/entropy", entropy_N.sum())
        loss = loss - bonus.coefficient * entropy_N.sum()
    if settings.kl is not None and statistics.kl_T is not None:
        counted_T = statistics.kl_T * kl_mask(settings.kl.region, part)
        sums.add("loss/kl", counted_T.sum())
        loss = loss + settings.kl.coefficient * counted_T.sum()
    return loss, (statistics.log_probs_T - part.sampled_log_probs_T).detach()


def kl_mask(region: Literal["utterance", "thoughts", "format"], part: MicroBatch) -> Tensor:
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
        reference_hidden_TH=reference_TH,
        reference_logits=lambda hidden_TH: policy.logits(hidden_TH, reference=True),
    )
    return statistics, hidden.state_NH


def mismatch(gaps: Sequence[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """How far training's log-probs are from sampling's: per token, and summed over an utterance."""
    token_gaps_T = torch.cat([gap_T for gap_T, _ in gaps]).abs()
    utterance_gaps_N = torch.cat([gap_N for _, gap_N in gaps]).abs()
    return {
        "mismatch/mean": float(token_gaps_T.mean()),
        "mismatch/p95": float(token_gaps_T.quantile(0.95)),
        "mismatch/max": float(token_gaps_T.max()),
        "mismatch/utterance_max": float(utterance_gaps_N.max()),
    }
