"""What is read off kept utterances, through the worker's own methods."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from conftest import ignore_progress, labels_of
from coso_worker.errors import BadRequestError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, float_tensor, int_array, int_tensor

Act = Callable[..., messages.ActResult]

ROWS = 5
IDS = list(range(ROWS))
LABELS = labels_of([0, 1, 2, 0, 1])


def read(handlers: Handlers, count: int, seed: int = 0, temperature: float = 0.7) -> messages.ReadTokensResult:
    params = messages.ReadTokensParams(step_ids=IDS, alternatives=count, temperature=temperature, seed=seed)
    return handlers.read_tokens(params, [], ignore_progress)


def weigh(handlers: Handlers, method: messages.WeightMethod) -> messages.WeighResult:
    params = messages.WeighParams(step_ids=IDS, labels=LABELS, method=method, seed=3)
    return handlers.weigh(params, [], ignore_progress)


def test_pieces_spell_the_utterance_and_the_end_token_is_silent(handlers: Handlers, act: Act) -> None:
    acted = act(ROWS)
    answer = read(handlers, 0)
    assert ["".join(pieces) for pieces in answer.pieces] == acted.utterances
    assert [len(pieces) for pieces in answer.pieces] == acted.token_counts
    assert answer.alternatives == []
    for pieces, finished in zip(answer.pieces, acted.finished, strict=True):
        assert not finished or pieces[-1] == ""


def test_alternatives_are_draws_of_the_policy_in_each_place(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    count = 400
    answer = read(handlers, count)
    assert [len(row) for row in answer.alternatives] == [len(pieces) for pieces in answer.pieces]
    scored = handlers.score(messages.ScoreParams(step_ids=IDS, images=None, temperature=0.7), [], ignore_progress).steps
    probs = np.exp(np.concatenate([float_array(step.log_probs, -1) for step in scored]))
    rates = np.array(
        [
            np.mean([other == said for other in others])
            for pieces, row in zip(answer.pieces, answer.alternatives, strict=True)
            for said, others in zip(pieces, row, strict=True)
        ]
    )
    # Tokens that read alike add to each other's rate, never take from it.
    assert np.all(rates >= probs - 4 * np.sqrt(probs * (1 - probs) / count) - 0.01)
    assert answer.alternatives == read(handlers, count).alternatives
    assert answer.alternatives != read(handlers, count, seed=1).alternatives


def test_a_prediction_is_the_likeliest_label_with_its_probability(handlers: Handlers, act: Act) -> None:
    act(ROWS)

    def ask(labels: messages.Tensor) -> messages.PredictActionsResult:
        return handlers.predict_actions(messages.PredictActionsParams(step_ids=IDS, labels=labels), [], ignore_progress)

    likelihoods = np.stack([float_array(ask(labels_of([label] * ROWS)).likelihoods, ROWS) for label in range(3)])
    np.testing.assert_allclose(likelihoods.sum(0), 1, atol=1e-5)
    answer = ask(LABELS)
    assert int_array(answer.predicted, ROWS, 1)[:, 0].tolist() == likelihoods.argmax(0).tolist()
    np.testing.assert_allclose(float_array(answer.confidences, ROWS), likelihoods.max(0), atol=1e-6)


def test_given_weights_are_kept_as_they_are_and_must_be_one_a_token(handlers: Handlers, act: Act) -> None:
    tokens = sum(act(ROWS).token_counts)
    given = np.linspace(0, 1, tokens, dtype=np.float32)
    weighed = weigh(handlers, messages.GivenWeights(weights=float_tensor(given)))
    assert float_array(weighed.weights, tokens).tolist() == given.tolist()
    with pytest.raises(BadRequestError):
        weigh(handlers, messages.GivenWeights(weights=float_tensor(given[1:])))


def test_hierarchical_weights_without_threshold_are_the_papers(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    paper = weigh(handlers, messages.PaperWeights(micro_batch=8))
    every = messages.HierarchicalWeights(threshold=0, longest_span=8, audited=1000, micro_batch=8)
    spans = weigh(handlers, every)
    np.testing.assert_allclose(float_array(spans.weights, -1), float_array(paper.weights, -1), atol=1e-6)
    assert spans.metrics["weights/skipped_bound"] == 0
    few = weigh(handlers, messages.HierarchicalWeights(threshold=1, longest_span=8, audited=2, micro_batch=8))
    assert np.count_nonzero(float_array(few.weights, -1)) <= 2
    assert few.metrics["weights/skipped_share"] > 0.5
    assert 0 < few.metrics["weights/skipped_bound"] <= 1


def test_first_order_weights_rise_with_the_papers(handlers: Handlers, act: Act) -> None:
    """Of a fresh SCM, whose likelihoods bend little."""
    act(ROWS)
    paper = float_array(weigh(handlers, messages.PaperWeights(micro_batch=8)).weights, -1)
    gradient = float_array(weigh(handlers, messages.GradientWeights(micro_batch=8)).weights, -1)
    assert np.corrcoef(paper, gradient)[0, 1] > 0.7


def test_policy_weights_need_no_scm_and_single_out_what_decides(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    spans = int_tensor(np.array([[3, 4]] * (ROWS - 1) + [[-1, -1]]))
    weighed = weigh(handlers, messages.PolicyWeights(spans=spans, temperature=0.7, micro_batch=16))
    rows = torch.split(torch.tensor(float_array(weighed.weights, -1).copy()), list(weighed.lengths))
    assert all(float(row.max()) == 1.0 for row in rows[:-1])
    assert float(rows[-1].max()) == 0.0


def test_a_score_tells_log_probs_of_sampling_beside_those_of_the_present_policy(handlers: Handlers, act: Act) -> None:
    acted = act(ROWS)
    scored = handlers.score(messages.ScoreParams(step_ids=IDS, images=None, temperature=0.7), [], ignore_progress).steps
    sampled = [float_array(step.sampled_log_probs, -1) for step in scored]
    np.testing.assert_allclose([row.sum() for row in sampled], float_array(acted.log_probs, ROWS), atol=1e-4)
    for step, row in zip(scored, sampled, strict=True):
        np.testing.assert_allclose(row, float_array(step.log_probs, -1), atol=1e-4)
    with torch.no_grad():
        for parameter in handlers.agent.policy.model.parameters():
            parameter.mul_(1.1)
    later = handlers.score(messages.ScoreParams(step_ids=IDS, images=None, temperature=0.7), [], ignore_progress).steps
    assert [float_array(step.sampled_log_probs, -1).tolist() for step in later] == [row.tolist() for row in sampled]
    moved = [np.abs(float_array(step.log_probs, -1) - row).max() for step, row in zip(later, sampled, strict=True)]
    assert max(moved) > 1e-3
