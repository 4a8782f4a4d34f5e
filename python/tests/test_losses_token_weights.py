"""Every kind of token weight against its definition."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from coso_worker.errors import WorkerError
from coso_worker.losses.covariance import ClipCovWeights, CovariancePenalty, covariances, log_prob_gaps
from coso_worker.losses.token_weights import (
    ActionWeights,
    CausalWeights,
    HighEntropyWeights,
    SpanWeights,
    TokenWeighting,
    UniformWeights,
    UpdateTokens,
    highest,
    number_of,
    scale_gradients,
)

TOKENS = UpdateTokens(
    is_action_T=torch.tensor([False, False, True, True, False, True]),
    decides_T=torch.tensor([False, False, False, True, False, True]),
    log_probs_T=torch.tensor([-0.5, -3.0, -0.1, -1.0, -2.0, -0.2]),
    entropies_T=torch.tensor([0.1, 0.9, 0.3, 0.9, 0.2, 0.9]),
    advantages_T=torch.tensor([2.0, 2.0, 2.0, 2.0, -1.0, -1.0]),
    causal_weights_T=torch.tensor([0.0, 0.5, 0.25, 1.0, 0.0, 0.75]),
)


def weights(weighting: TokenWeighting, tokens: UpdateTokens = TOKENS, seed: int = 0) -> list[float]:
    values: list[float] = weighting.of(tokens, torch.Generator().manual_seed(seed)).tolist()
    return values


def reordered(order: list[int]) -> UpdateTokens:
    causal_T = TOKENS.causal_weights_T
    assert causal_T is not None
    return UpdateTokens(
        TOKENS.is_action_T[order],
        TOKENS.decides_T[order],
        TOKENS.log_probs_T[order],
        TOKENS.entropies_T[order],
        TOKENS.advantages_T[order],
        causal_T[order],
    )


@pytest.mark.parametrize(
    ("weighting", "expected"),
    [
        (UniformWeights(), [1, 1, 1, 1, 1, 1]),
        (CausalWeights(0), [0, 0.5, 0.25, 1, 0, 0.75]),
        (CausalWeights(0.2), [0.2, 0.6, 0.4, 1, 0.2, 0.8]),
        (ActionWeights(), [0, 0, 1, 1, 0, 1]),
        (SpanWeights(), [0, 0, 0, 1, 0, 1]),
        # Three tokens are equal at the top: a third of six is two of them, the first two.
        (HighEntropyWeights(1 / 3), [0, 1, 0, 1, 0, 0]),
        (HighEntropyWeights(0.5), [0, 1, 0, 1, 0, 1]),
        (HighEntropyWeights(0.01), [0, 1, 0, 0, 0, 0]),
        (HighEntropyWeights(0), [0, 0, 0, 0, 0, 0]),
        (HighEntropyWeights(1), [1, 1, 1, 1, 1, 1]),
    ],
)
def test_weights_are_what_their_kind_says(weighting: TokenWeighting, expected: list[float]) -> None:
    assert weights(weighting) == pytest.approx(expected)


def test_causal_weights_need_weighed_steps() -> None:
    unweighed = UpdateTokens(
        TOKENS.is_action_T, TOKENS.decides_T, TOKENS.log_probs_T, TOKENS.entropies_T, TOKENS.advantages_T, None
    )
    with pytest.raises(WorkerError, match="weigh"):
        weights(CausalWeights(0), unweighed)


@pytest.mark.parametrize(("share", "tokens", "expected"), [(0.29, 100, 29), (0.2, 9, 1), (0.001, 9, 1), (0, 9, 0)])
def test_a_share_is_rounded_down_and_is_at_least_one_token(share: float, tokens: int, expected: int) -> None:
    assert number_of(share, tokens) == expected


@pytest.mark.parametrize("tokens", [20, 500])
def test_among_equal_values_the_first_are_chosen(tokens: int) -> None:
    assert highest(torch.zeros(tokens), 0.3).nonzero().flatten().tolist() == list(range(tokens * 3 // 10))


def test_covariance_is_the_product_of_distances_to_the_means_over_all_tokens() -> None:
    mean_log_prob, mean_advantage = (-0.5 - 3 - 0.1 - 1 - 2 - 0.2) / 6, (4 * 2 - 2) / 6
    expected = [
        (log_prob - mean_log_prob) * (advantage - mean_advantage)
        for log_prob, advantage in zip(TOKENS.log_probs_T.tolist(), TOKENS.advantages_T.tolist(), strict=True)
    ]
    assert covariances(TOKENS).tolist() == pytest.approx(expected, abs=1e-6)
    # [0.63, −1.87, 1.03, 0.13, 1.73, −1.87]: for the tests below.
    assert [round(value, 2) for value in expected] == [0.63, -1.87, 1.03, 0.13, 1.73, -1.87]


def test_clip_cov_leaves_a_random_share_of_the_tokens_in_range_out() -> None:
    left_out = set()
    for seed in range(40):
        drawn = weights(ClipCovWeights(1 / 6, low=0.5, high=1.5), seed=seed)
        assert sorted(drawn) == [0, 1, 1, 1, 1, 1]
        left_out.add(drawn.index(0))
    assert left_out == {0, 2}


def test_clip_cov_leaves_out_no_more_than_lie_in_range() -> None:
    assert weights(ClipCovWeights(1, low=0.5, high=1.5)) == [0, 1, 0, 1, 1, 1]
    assert weights(ClipCovWeights(1, low=5, high=9)) == [1, 1, 1, 1, 1, 1]
    value = float(covariances(TOKENS)[4])
    assert weights(ClipCovWeights(1, low=value, high=value)) == [1, 1, 1, 1, 0, 1]


def test_kl_cov_holds_the_tokens_of_highest_covariance_back() -> None:
    assert CovariancePenalty(1 / 3, 1).held_back(TOKENS).tolist() == [False, False, True, False, True, False]
    assert CovariancePenalty(0, 1).held_back(TOKENS).tolist() == [False] * 6


@given(order=st.permutations([0, 1, 2, 3, 4, 5]), seed=st.integers(0, 100))
def test_which_tokens_are_chosen_does_not_depend_on_their_order(order: list[int], seed: int) -> None:
    shuffled = reordered(order)
    for weighting in (ClipCovWeights(1 / 3, low=0, high=2), HighEntropyWeights(0.5), CausalWeights(0.1)):
        there = weights(weighting, shuffled, seed)
        assert there == [weights(weighting, TOKENS, seed)[place] for place in order]
    held_back = CovariancePenalty(0.5, 1).held_back
    assert held_back(shuffled).tolist() == held_back(TOKENS)[order].tolist()


@given(
    values=st.lists(st.floats(-50, 0), min_size=1, max_size=8),
    weight=st.floats(0, 1),
)
def test_gradients_are_scaled_and_values_kept_to_the_last_bit(values: list[float], weight: float) -> None:
    values_T = torch.tensor(values, requires_grad=True)
    weights_T = torch.full((len(values),), weight)
    scaled_T = scale_gradients(values_T, weights_T)
    assert torch.equal(scaled_T, values_T)
    assert torch.equal(gradient_of(scaled_T.square().sum(), values_T), weights_T * (2 * values_T.detach()))


@pytest.mark.parametrize("gap", [0.05, -0.05, 2.0])
def test_the_gap_is_the_absolute_difference_of_log_probs(gap: float) -> None:
    now_T = torch.tensor([-1.0 + gap], requires_grad=True)
    value = log_prob_gaps(now_T, torch.tensor([-1.0])).sum()
    assert value.item() == pytest.approx(abs(gap), abs=6e-4)
    assert float(gradient_of(value, now_T)) == pytest.approx(1 if gap > 0 else -1)


def test_a_gap_of_rounding_has_next_to_no_gradient() -> None:
    now_T = torch.tensor([-1.000001], requires_grad=True)
    assert abs(float(gradient_of(log_prob_gaps(now_T, torch.tensor([-1.0])).sum(), now_T))) < 2e-3


def gradient_of(value: Tensor, at: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(value, at)
    return gradient
