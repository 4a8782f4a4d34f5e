"""Losses against their formulas, written out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from coso_worker.losses.entropy import weighted_entropy
from coso_worker.losses.ppo import PpoTerms, ppo_loss
from coso_worker.losses.utterance import utterance_log_probs

TERMS = PpoTerms(clip=0.2, value_clip=None, value_coefficient=0.0, ratio_guard=None)


def policy_loss(log_ratio: float, advantage: float, terms: PpoTerms = TERMS) -> float:
    zero = torch.zeros(1)
    loss, _ = ppo_loss(torch.tensor([log_ratio]), zero, torch.tensor([advantage]), zero, zero, zero, terms)
    return float(loss)


@pytest.mark.parametrize(
    ("ratio", "advantage", "expected"),
    [(1.0, 2.0, -2.0), (1.5, 1.0, -1.2), (0.5, 1.0, -0.5), (1.5, -1.0, 1.5), (0.5, -1.0, 0.8)],
)
def test_surrogate_is_clipped_on_the_side_that_would_gain(ratio: float, advantage: float, expected: float) -> None:
    assert policy_loss(math.log(ratio), advantage) == pytest.approx(expected, abs=1e-6)


def test_ratio_guard_drops_the_unclipped_term() -> None:
    guarded = PpoTerms(clip=0.2, value_clip=None, value_coefficient=0.0, ratio_guard=10.0)
    assert policy_loss(math.log(20), -1.0) == pytest.approx(20, rel=1e-5)
    assert policy_loss(math.log(20), -1.0, guarded) == pytest.approx(1.2, rel=1e-5)
    assert policy_loss(math.log(5), -1.0, guarded) == pytest.approx(5, rel=1e-5)


@pytest.mark.parametrize(("clip", "expected"), [(None, 0.5 * 0.25), (0.1, 0.5 * 0.81)])
def test_value_loss_takes_the_worse_of_clipped_and_unclipped(clip: float | None, expected: float) -> None:
    zero = torch.zeros(1)
    loss, _ = ppo_loss(
        zero,
        zero,
        zero,
        torch.tensor([0.5]),
        zero,
        torch.tensor([1.0]),
        PpoTerms(clip=0.2, value_clip=clip, value_coefficient=1.0, ratio_guard=None),
    )
    assert float(loss) == pytest.approx(expected)


def test_thoughts_count_lambda_and_actions_count_whole() -> None:
    log_probs_T = torch.tensor([-1.0, -2.0, -4.0, -8.0])
    is_action_T = torch.tensor([False, True, False, True])
    row_T = torch.tensor([0, 0, 1, 1])
    assert utterance_log_probs(log_probs_T, is_action_T, row_T, 2, 0.5).tolist() == [-2.5, -10.0]


def test_causal_entropy_is_eq_7_and_uniform_entropy_eq_2() -> None:
    entropies_T, weights_T = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.5, 0.0, 1.0])
    row_T, lengths_N = torch.tensor([0, 0, 1]), torch.tensor([2, 1])
    assert weighted_entropy(entropies_T, weights_T, row_T, lengths_N, "sum").tolist() == [0.5, 3.0]
    assert weighted_entropy(entropies_T, weights_T, row_T, lengths_N, "mean").tolist() == [0.25, 3.0]
    assert weighted_entropy(entropies_T, torch.ones(3), row_T, lengths_N, "sum").tolist() == [3.0, 3.0]
