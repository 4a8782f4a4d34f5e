"""Messages about critics → what the critics work on, and back."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from coso_worker.critics import CriticEpisode, Critics, Fit, fit_instructions, fit_states
from coso_worker.critics.text_encoder import TextEncoder
from coso_worker.distributed.ranks import Ranks
from coso_worker.errors import BadRequestError
from coso_worker.policies.policy import Policy
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor
from coso_worker.scm.encoders.checkpoint_folder import checkpoint_folder
from coso_worker.step_store import StepStore

SETTING = "algorithm.critics.encoder.path"


def build_critics(spec: messages.CriticSpec, policy: Policy, seed: int, ranks: Ranks) -> Critics:
    """Raises WorkerError `bad-checkpoint` for a text encoder that cannot be read."""
    match spec.encoder:
        case messages.PolicyFeatures():
            text_encoder = None
        case messages.TextFeatures(path=path):
            text_encoder = TextEncoder(checkpoint_folder(path, SETTING), SETTING, policy.device)
    return Critics(policy, text_encoder, width=spec.hidden_size, seed=seed, ranks=ranks)


def fit_critics(params: messages.FitCriticsParams, steps: StepStore, critics: Critics) -> messages.FitCriticsResult:
    """Both critics on the same episodes, with the same view of them."""
    episodes = _episodes(params.episodes, steps)
    held_out = _episodes(params.held_out, steps)
    features = critics.features(params.micro_batch)
    generator = torch.Generator().manual_seed(params.seed)
    metrics = fit_states(critics, episodes, held_out, _fit(params.states), features, generator)
    metrics |= fit_instructions(critics, episodes, held_out, _fit(params.instructions), features, generator)
    critics.agree()
    return messages.FitCriticsResult(metrics=metrics)


def value_states(params: messages.ValueStatesParams, steps: StepStore, critics: Critics) -> messages.ValueStatesResult:
    """V of each episode's states."""
    episodes = [steps.steps(state_ids) for state_ids in params.episodes]
    return messages.ValueStatesResult(values=float_tensor(critics.value_states(episodes, params.micro_batch).numpy()))


def _episodes(episodes: Sequence[messages.CriticEpisode], steps: StepStore) -> list[CriticEpisode]:
    return [_episode(episode, steps) for episode in episodes]


def _episode(episode: messages.CriticEpisode, steps: StepStore) -> CriticEpisode:
    if len(episode.state_ids) != len(episode.successes) + 1:
        raise BadRequestError(
            f"stateIds: expected {len(episode.successes) + 1}, one more than steps, got {len(episode.state_ids)}"
        )
    return CriticEpisode(episode.instruction, steps.steps(episode.state_ids), episode.successes)


def _fit(fit: messages.CriticFit) -> Fit:
    return Fit(fit.steps, fit.batch_size, fit.learning_rate, fit.max_grad_norm)
