"""An `updatePolicy` message → what the update works on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coso_worker.errors import BadRequestError
from coso_worker.losses.covariance import ClipCovWeights, CovariancePenalty
from coso_worker.losses.ppo import PpoTerms
from coso_worker.losses.token_weights import (
    ActionWeights,
    CausalWeights,
    HighEntropyWeights,
    SpanWeights,
    TokenWeighting,
    UniformWeights,
)
from coso_worker.policies.policy import Policy
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, int_array
from coso_worker.spans import action_tokens, deciding_tokens
from coso_worker.step_store import KeptStep
from coso_worker.update import (
    AwrObjective,
    EntropyBonus,
    Experience,
    KlPenalty,
    MismatchHandling,
    PpoObjective,
    UpdateSettings,
)


def experiences_of(params: messages.UpdatePolicyParams, steps: Sequence[KeptStep], policy: Policy) -> list[Experience]:
    """Joins kept steps with their credit, and maps characters of utterances to tokens.

    Raises BadRequestError when a column is not as long as there are steps.
    """
    advantages = float_array(params.advantages, len(steps)).tolist()
    targets = _targets(params, len(steps))
    spans_N2 = int_array(params.action_spans, len(steps), 2).tolist()
    if len(params.action_starts) != len(steps):
        raise BadRequestError(f"actionStarts: expected {len(steps)}, one a step, got {len(params.action_starts)}")
    experiences: list[Experience] = []
    for n, step in enumerate(steps):
        pieces = policy.pieces(step.tokens_L)
        is_action_L = action_tokens(pieces, params.action_starts[n])
        experiences.append(
            Experience(step, is_action_L, deciding_tokens(pieces, *spans_N2[n]), advantages[n], targets[n])
        )
    return experiences


def settings_of(params: messages.UpdatePolicyParams) -> UpdateSettings:
    """The settings as the update names them."""
    algorithm = params.algorithm
    entropy, gradient = params.entropy, params.gradient
    return UpdateSettings(
        objective=_objective(algorithm),
        thought_coefficient=algorithm.thought_coefficient,
        batch_size=algorithm.batch_size,
        micro_batch=algorithm.micro_batch,
        max_grad_norm=algorithm.max_grad_norm,
        temperature=params.temperature,
        entropy=None
        if entropy is None
        else EntropyBonus(entropy.coefficient, entropy.reduction, _weighting(entropy.weights)),
        gradient=_weighting(gradient),
        covariance_penalty=CovariancePenalty(gradient.share, gradient.coefficient)
        if isinstance(gradient, messages.KlCovTokens)
        else None,
        kl=None if params.kl is None else KlPenalty(params.kl.coefficient, params.kl.region),
        mismatch=MismatchHandling(params.mismatch.truncation, params.mismatch.largest_mean),
    )


def _targets(params: messages.UpdatePolicyParams, rows: int) -> list[float]:
    if params.returns is not None:
        targets: list[float] = float_array(params.returns, rows).tolist()
        return targets
    if isinstance(params.algorithm, messages.PpoSettings):
        raise BadRequestError("returns: expected targets for PPO's value head, got null")
    return [math.nan] * rows


def _objective(algorithm: messages.PolicyObjective) -> PpoObjective | AwrObjective:
    match algorithm:
        case messages.PpoSettings() as ppo:
            return PpoObjective(
                terms=PpoTerms(ppo.clip, ppo.value_clip, ppo.value_coefficient, ppo.ratio_guard),
                epochs=ppo.epochs,
                value_only=ppo.value_only,
                detach_value=ppo.value_gradient == "detached",
            )
        case messages.AwrSettings(steps=steps):
            return AwrObjective(steps)


def _weighting(kind: messages.GradientTerm) -> TokenWeighting:
    match kind:
        case messages.UniformTokens() | messages.KlCovTokens():
            return UniformWeights()
        case messages.CausalTokens():
            return CausalWeights(kind.floor)
        case messages.ActionTokens():
            return ActionWeights()
        case messages.SpanTokens():
            return SpanWeights()
        case messages.HighEntropyTokens():
            return HighEntropyWeights(kind.share)
        case messages.ClipCovTokens():
            return ClipCovWeights(kind.share, kind.low, kind.high)
