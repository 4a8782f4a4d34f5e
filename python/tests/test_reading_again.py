"""What the policy makes of states and of what was said; and that long methods let others speak between their passes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import torch

from conftest import PROMPT, finished, ignore_progress, labels_of, observations, update_params
from coso_worker.engines.reading_again import MICRO_BATCH
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, int_tensor
from test_awr import awr_params

Act = Callable[..., messages.ActResult]
ROWS = 6
LABELS = labels_of([0, 1, 2, 0, 1, 2])
SPANS = int_tensor(np.array([[8, 12]] * ROWS))


class Told:
    """Calls of a `Progress`."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, done: int, total: int, metrics: Mapping[str, float] | None = None) -> None:
        assert 0 <= done <= total and total > 0
        self.times += 1


def without_images(rows: int) -> messages.ObservationBatch:
    return messages.ObservationBatch(
        prompts=[PROMPT if row % 2 else f"{PROMPT} Answer in JSON." for row in range(rows)],
        images=None,
        image_index=None,
    )


@pytest.mark.parametrize("has_images", [True, False])
@pytest.mark.parametrize("rows", [1, 2 * MICRO_BATCH + 3])
def test_values_are_those_that_acting_tells(handlers: Handlers, rows: int, has_images: bool) -> None:
    # A fresh value head may be flat.
    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in handlers.agent.policy.value_head.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    batch, frames = observations(rows) if has_images else (without_images(rows), [])
    act = messages.ActParams(
        observations=batch, step_ids=None, temperature=0.7, greedy=False, max_new_tokens=3, seed=1, policy="present"
    )
    acted = float_array(finished(handlers.act(act, frames, ignore_progress)).values, rows)
    values = float_array(
        handlers.values(messages.ValuesParams(observations=batch), frames, ignore_progress).values, rows
    )
    assert values == pytest.approx(acted, abs=1e-5)
    assert rows == 1 or np.ptp(values) > 1e-3
    assert handlers.kept_steps == 0


def test_reading_again_names_steps_that_are_not_kept(handlers: Handlers, act: Act) -> None:
    act(2)
    with pytest.raises(WorkerError, match="got 5, which is not") as caught:
        handlers.read_again(messages.ReadAgainParams(step_ids=[0, 5], temperature=0.7), [], ignore_progress)
    assert caught.value.code == "unknown-step"


def test_reading_again_follows_the_policy_and_keeps_what_was_drawn_by(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    before = {step_id: (step.log_probs_L, step.value) for step_id, step in handlers._steps.all().items()}
    handlers.update_policy(update_params(ROWS, learning_rate=1e-2), [], ignore_progress)
    handlers.read_again(messages.ReadAgainParams(step_ids=[0, 1], temperature=0.7), [], ignore_progress)
    for step_id, step in handlers._steps.all().items():
        drawn_L, value = before[step_id]
        assert torch.equal(step.drawn_log_probs_L, drawn_L)
        assert torch.equal(step.log_probs_L, drawn_L) == (step_id > 1)
        assert (step.value == value) == (step_id > 1)


@pytest.mark.parametrize(
    ("method", "least"),
    [
        (messages.PaperWeights(micro_batch=4), 2),
        (
            messages.PublishedWeights(
                window=1, null_token="unknown", zeroed=[], normalisation="none", power=1.0, micro_batch=4
            ),
            2,
        ),
        (messages.GradientWeights(micro_batch=4), math.ceil(ROWS / 4)),
        (messages.HierarchicalWeights(threshold=0.0, longest_span=4, audited=2, micro_batch=4), 2),
        (messages.PolicyWeights(spans=SPANS, temperature=0.7, micro_batch=4), 2),
    ],
)
def test_weighing_lets_others_speak_after_each_pass(
    handlers: Handlers, act: Act, method: messages.WeightMethod, least: int
) -> None:
    act(ROWS)
    told = Told()
    handlers.weigh(messages.WeighParams(step_ids=list(range(ROWS)), labels=LABELS, method=method, seed=0), [], told)
    assert told.times >= least


@pytest.mark.parametrize("micro_batch", [2, 4])
def test_each_nullified_sequence_s_pass_is_told_of(handlers: Handlers, act: Act, micro_batch: int) -> None:
    act(ROWS)
    said = {(*step.tokens_L.tolist(), row % 3) for row, step in handlers._steps.all().items()}
    sequences = sum(len(tokens) - 1 for tokens in said)
    told = Told()
    method = messages.PaperWeights(micro_batch=micro_batch)
    handlers.weigh(messages.WeighParams(step_ids=list(range(ROWS)), labels=LABELS, method=method, seed=0), [], told)
    assert told.times == math.ceil(sequences / micro_batch)


@pytest.mark.parametrize("micro_batch", [2, 4])
def test_updates_let_others_speak_after_each_pass(handlers: Handlers, act: Act, micro_batch: int) -> None:
    act(ROWS)
    told = Told()
    epochs = 2
    handlers.update_policy(update_params(ROWS, epochs=epochs, micro_batch=micro_batch), [], told)
    assert told.times >= epochs * math.ceil(ROWS / micro_batch)


def test_passes_before_an_update_by_advantages_are_told_of(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    told = Told()
    params = awr_params(steps=0, micro_batch=2, fresh=range(ROWS))
    handlers.update_policy(params, [], told)
    assert told.times == math.ceil(ROWS / 2)
