"""Learning of both critics: cross-entropy of success, on batches drawn with replacement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from coso_worker.batching import drawn_batches
from coso_worker.critics.critics import Critics
from coso_worker.critics.episodes import CriticEpisode, Transition
from coso_worker.critics.features import Features
from coso_worker.critics.networks import InstructionCritic, StateCritic, lower_success
from coso_worker.scm.standardisation import Standardisation

Metrics = dict[str, float]
Example = TypeVar("Example")


@dataclass(frozen=True)
class Fit:
    """How far to learn."""

    steps: int
    batch_size: int
    learning_rate: float
    max_grad_norm: float


@dataclass(frozen=True)
class _Judged:
    """Of one batch: the mean cross-entropy, and P(success) [N] beside what came [N]."""

    loss: Tensor
    values_N: Tensor
    successes_N: Tensor


def fit_states(
    critics: Critics,
    episodes: Sequence[CriticEpisode],
    held_out: Sequence[CriticEpisode],
    fit: Fit,
    features: Features,
    generator: torch.Generator,
) -> Metrics:
    """The step-level critic: both heads on s_t and s_{t+1}, four terms of equal weight."""
    network = critics.states
    transitions = [each for episode in episodes for each in episode.transitions]
    measured = [each for episode in held_out for each in episode.transitions]

    def judge(batch: Sequence[Transition]) -> _Judged:
        successes_N = _successes([each.success for each in batch], network)
        logits_2N2 = network(features.of_views([each.state for each in batch]))
        next_2N2 = network(features.of_views([each.next for each in batch]))
        terms = [nn.functional.cross_entropy(head_N2, successes_N) for head_N2 in (*logits_2N2, *next_2N2)]
        return _Judged(torch.stack(terms).mean(), lower_success(logits_2N2), successes_N)

    def settle(batch: Sequence[Transition]) -> Tensor:
        return features.of_views([each.state for each in batch])

    metrics = _fit(network, critics.state_optimiser, transitions, fit, judge, settle, generator)
    return _named("critic", metrics, _measure(measured, fit, judge, generator))


def fit_instructions(
    critics: Critics,
    episodes: Sequence[CriticEpisode],
    held_out: Sequence[CriticEpisode],
    fit: Fit,
    features: Features,
    generator: torch.Generator,
) -> Metrics:
    """The instruction-level critic, on whole episodes."""
    network = critics.instructions

    def judge(batch: Sequence[CriticEpisode]) -> _Judged:
        successes_N = _successes([episode.success for episode in batch], network)
        logits_N2 = network(settle(batch))
        loss = nn.functional.cross_entropy(logits_N2, successes_N)
        return _Judged(loss, logits_N2.softmax(-1)[:, 1], successes_N)

    def settle(batch: Sequence[CriticEpisode]) -> Tensor:
        return features.of_instructions([episode.instruction for episode in batch])

    metrics = _fit(network, critics.instruction_optimiser, episodes, fit, judge, settle, generator)
    return _named("instruction_critic", metrics, _measure(held_out, fit, judge, generator))


def _fit(
    network: StateCritic | InstructionCritic,
    optimiser: torch.optim.Optimizer,
    examples: Sequence[Example],
    fit: Fit,
    judge: Callable[[Sequence[Example]], _Judged],
    features_of: Callable[[Sequence[Example]], Tensor],
    generator: torch.Generator,
) -> list[_Judged]:
    for group in optimiser.param_groups:
        group["lr"] = fit.learning_rate
    if fit.steps > 0 and not bool(network.standardisation.is_settled):
        network.standardisation.settle(features_of(examples[: Standardisation.EXAMPLES]))
    judged: list[_Judged] = []
    for rows in drawn_batches(len(examples), fit.batch_size, fit.steps, generator):
        batch = judge([examples[row] for row in rows])
        optimiser.zero_grad(set_to_none=True)
        batch.loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), fit.max_grad_norm)
        optimiser.step()
        judged.append(_Judged(batch.loss.detach(), batch.values_N.detach(), batch.successes_N))
    return judged


@torch.no_grad()
def _measure(
    examples: Sequence[Example],
    fit: Fit,
    judge: Callable[[Sequence[Example]], _Judged],
    generator: torch.Generator,
) -> list[_Judged]:
    """Of at most one batch of examples that nothing was learned from."""
    if not examples or fit.steps == 0:
        return []
    rows = torch.randperm(len(examples), generator=generator)[: fit.batch_size].tolist()
    return [judge([examples[row] for row in rows])]


def _named(critic: str, learned: Sequence[_Judged], held_out: Sequence[_Judged]) -> Metrics:
    return _means(f"{critic}/", learned) | _means(f"{critic}/held_out_", held_out)


def _means(prefix: str, judged: Sequence[_Judged]) -> Metrics:
    """Before each step: cross-entropy in nats, the share judged right, the mean P(success) and how often it came."""
    if not judged:
        return {}
    values_M = torch.cat([batch.values_N for batch in judged])
    successes_M = torch.cat([batch.successes_N for batch in judged])
    return {
        f"{prefix}loss": float(torch.stack([batch.loss for batch in judged]).mean()),
        f"{prefix}accuracy": float(((values_M > 0.5).long() == successes_M).float().mean()),
        f"{prefix}value": float(values_M.mean()),
        f"{prefix}success": float(successes_M.float().mean()),
    }


def _successes(successes: Sequence[bool], network: nn.Module) -> Tensor:
    """int64 [N]: the class of each."""
    return torch.tensor(successes, dtype=torch.long, device=next(network.parameters()).device)
