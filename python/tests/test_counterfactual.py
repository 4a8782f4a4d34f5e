"""Causal weights against a direct reading of Eq. 6 and of the published description."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from coso_worker.counterfactual.scoring import ActionProbability
from coso_worker.counterfactual.token_classes import TokenClass, belongs_to
from coso_worker.counterfactual.weights import paper_weights, published_weights
from coso_worker.scm import FreshEncoder, FreshEncoderSize, StructuralCausalModel, action_log_probs

NULL = 0
VOCABULARY = 12


def make_scm(labels: tuple[int, ...] = (3,)) -> StructuralCausalModel:
    torch.manual_seed(0)
    scm = StructuralCausalModel(
        FreshEncoder(
            FreshEncoderSize(
                VOCABULARY, hidden_size=16, layers=2, heads=2, feed_forward_size=32, dropout=0.1, max_positions=32
            )
        ),
        labels,
    )
    for parameter in scm.parameters():  # BERT's own initialisation barely tells tokens apart
        parameter.data *= 4
    return scm.eval()


SCM = make_scm()
TWO_FACTORS = make_scm((3, 4))


def probability_of(scm: StructuralCausalModel) -> ActionProbability:
    def probability(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        with torch.no_grad():
            return action_log_probs(scm(tokens_ML, mask_ML), labels_MF).exp()

    return probability


def direct_probability(scm: StructuralCausalModel, y: list[int], labels: list[int]) -> float:
    with torch.no_grad():
        factors = scm(torch.tensor([y]), torch.ones(1, len(y), dtype=torch.bool))
    return float(np.prod([float(factor[0, label].exp()) for factor, label in zip(factors, labels, strict=True)]))


def direct_paper(scm: StructuralCausalModel, y: list[int], labels: list[int]) -> list[float]:
    factual = direct_probability(scm, y, labels)
    return [abs(factual - direct_probability(scm, [*y[:i], NULL, *y[i + 1 :]], labels)) for i in range(len(y))]


utterances = st.lists(st.lists(st.integers(1, VOCABULARY - 1), min_size=1, max_size=9), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None)
@given(utterances, st.integers(1, 11), st.data())
def test_paper_weights_equal_a_direct_loop_over_eq_6(
    rows: list[list[int]], micro_batch: int, data: st.DataObject
) -> None:
    labels = [[data.draw(st.integers(0, 2)), data.draw(st.integers(0, 3))] for _ in rows]
    weights = paper_weights(
        probability_of(TWO_FACTORS),
        [torch.tensor(y) for y in rows],
        torch.tensor(labels),
        null_token=NULL,
        micro_batch=micro_batch,
    )
    for y, label, weights_L in zip(rows, labels, weights, strict=True):
        np.testing.assert_allclose(weights_L.numpy(), direct_paper(TWO_FACTORS, y, label), atol=1e-6)
        assert ((weights_L >= 0) & (weights_L <= 1)).all()


def test_weights_depend_on_neither_batch_nor_micro_batch() -> None:
    rows = [torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6, 7, 8, 9, 1]), torch.tensor([2])]
    labels = torch.tensor([[0], [1], [2]])
    together = paper_weights(probability_of(SCM), rows, labels, null_token=NULL, micro_batch=64)
    for n, row in enumerate(rows):
        for micro_batch in (1, 3):
            (alone,) = paper_weights(
                probability_of(SCM), [row], labels[n : n + 1], null_token=NULL, micro_batch=micro_batch
            )
            torch.testing.assert_close(alone, together[n], atol=1e-6, rtol=0)


def test_equal_utterances_are_computed_once() -> None:
    sequences = 0

    def counting(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        nonlocal sequences
        sequences += tokens_ML.shape[0]
        return probability_of(SCM)(tokens_ML, mask_ML, labels_MF)

    y, other = torch.tensor([1, 2, 3]), torch.tensor([1, 2, 4])
    labels = torch.tensor([[0], [0], [1], [0]])
    told: list[tuple[int, int]] = []
    weights = paper_weights(
        counting,
        [y, y.clone(), y, other],
        labels,
        null_token=NULL,
        micro_batch=4,
        on_batch=lambda scored, total: told.append((scored, total)),
    )
    assert told == [(4, 9), (8, 9), (9, 9)]
    assert sequences == 3 * (1 + 3)  # y as action 0, y as action 1, the other one
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])


def test_a_token_that_the_scm_ignores_weighs_nothing() -> None:
    def reads_last_token(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        last_M = tokens_ML.gather(1, mask_ML.sum(1, keepdim=True) - 1).squeeze(1)
        return torch.where(last_M == NULL, torch.tensor(0.25), torch.tensor(0.75))

    (weights_L,) = paper_weights(
        reads_last_token, [torch.tensor([3, 4, 5])], torch.tensor([[0]]), null_token=NULL, micro_batch=2
    )
    assert weights_L.tolist() == [0.0, 0.0, 0.5]


def test_published_weights_follow_their_description_step_by_step() -> None:
    y, label, window = [3, 1, 4, 1, 5, 9, 2, 6], [1], 4
    zeroed = torch.tensor([True, False, False, False, True, False, False, True])
    factual = direct_probability(SCM, y, label)
    change = []
    for i in range(len(y)):
        nullified = [NULL if i <= j < i + window else token for j, token in enumerate(y)]
        change.append(abs(factual - direct_probability(SCM, nullified, label)))
    change = [0.0 if zero else value for value, zero in zip(change, zeroed.tolist(), strict=True)]
    low, high = min(change), max(change)
    squares = [(value - low) / (high - low) for value in change]

    (weights_L,) = published_weights(
        probability_of(SCM),
        [torch.tensor(y)],
        torch.tensor([label]),
        zeroed=[zeroed],
        window=window,
        null_token=NULL,
        normalisation="min-max",
        power=0.5,
        micro_batch=3,
    )
    # Compared before the square root, which stretches the last bits of small effects.
    np.testing.assert_allclose(weights_L.square().numpy(), squares, atol=1e-6)
    assert weights_L.max() == 1


def test_published_weights_of_an_utterance_without_effect_are_zero() -> None:
    def constant(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        return torch.full((tokens_ML.shape[0],), 0.5)

    (weights_L,) = published_weights(
        constant,
        [torch.tensor([1, 2])],
        torch.tensor([[0]]),
        zeroed=[torch.tensor([False, False])],
        window=4,
        null_token=NULL,
        normalisation="min-max",
        power=0.5,
        micro_batch=8,
    )
    assert weights_L.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("piece", "zeroed"),
    [
        ('"', True),
        (' "', True),
        (" {", True),
        ("...", True),
        ("+", False),
        ("-", False),
        ("action", False),
        (" ", False),
    ],
)
def test_punctuation_is_zeroed_but_operators_are_not(piece: str, zeroed: bool) -> None:
    both: tuple[TokenClass, ...] = ("special", "punctuation")
    assert belongs_to(both, [piece], torch.tensor([9]), frozenset({1}))[0] == zeroed
    assert belongs_to(both, [piece], torch.tensor([1]), frozenset({1}))[0]
    assert not belongs_to((), [piece], torch.tensor([1]), frozenset({1}))[0]
