"""How to update: the objective's constants, what weighs tokens, and the terms beside the objective."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coso_worker.losses.covariance import CovariancePenalty
from coso_worker.losses.entropy import Reduction
from coso_worker.losses.ppo import PpoTerms
from coso_worker.losses.token_weights import TokenWeighting

KlRegion = Literal["utterance", "thoughts", "format"]


@dataclass(frozen=True)
class EntropyBonus:
    """α and what it multiplies: token entropies times their weights."""

    coefficient: float
    reduction: Reduction
    weights: TokenWeighting


@dataclass(frozen=True)
class KlPenalty:
    """β and the tokens it counts: the whole utterance, the thoughts before the action, or all but the tokens that
    decide the action."""

    coefficient: float
    region: KlRegion


@dataclass(frozen=True)
class PpoObjective:
    """`epochs` passes over all steps. `value_only` leaves the policy as it is and trains the value head; with
    `detach_value` the value loss never reaches the backbone."""

    terms: PpoTerms
    epochs: int
    value_only: bool
    detach_value: bool


@dataclass(frozen=True)
class AwrObjective:
    """`steps` optimiser steps, each on a batch drawn with replacement."""

    steps: int


@dataclass(frozen=True)
class MismatchHandling:
    """What is done about log-probs of the engine that are not the learner's. `truncation` is the largest importance
    weight, None: no weights. An update whose tokens differ by more than `largest_mean` nats on average is refused."""

    truncation: float | None
    largest_mean: float | None


@dataclass(frozen=True)
class UpdateSettings:
    """`gradient` weighs tokens in the policy gradient, apart from the entropy's weights."""

    objective: PpoObjective | AwrObjective
    thought_coefficient: float
    batch_size: int
    micro_batch: int
    max_grad_norm: float
    temperature: float
    entropy: EntropyBonus | None
    gradient: TokenWeighting
    covariance_penalty: CovariancePenalty | None
    kl: KlPenalty | None
    mismatch: MismatchHandling
