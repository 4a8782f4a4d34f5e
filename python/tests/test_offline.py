"""The offline stage through the worker's own methods: SFT imitates, SCM pre-training predicts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from conftest import UTTERANCES, finished, ignore_progress, labels_of, observations
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array


def sft(steps: int, micro_batch: int = 64, learning_rate: float = 1e-2) -> messages.FitSftParams:
    return messages.FitSftParams(
        steps=steps, batch_size=12, micro_batch=micro_batch, learning_rate=learning_rate, max_grad_norm=1.0, seed=2
    )


def add(handlers: Handlers) -> None:
    batch, frames = observations(12)
    utterances = [UTTERANCES[row % 3] for row in range(12)]
    result = handlers.add_demonstrations(
        messages.AddDemonstrationsParams(observations=batch, utterances=utterances), frames, ignore_progress
    )
    assert result.total == 12


def test_sft_imitates_its_demonstrations(handlers: Handlers) -> None:
    add(handlers)
    told: list[int] = []

    def progress(done: int, total: int, metrics: Mapping[str, float] | None = None) -> None:
        told.append(done)

    result = handlers.fit_sft(sft(60), [], progress)
    losses = float_array(result.losses, 60)
    assert losses[-1] < 0.3 * losses[0]
    assert told == list(range(1, 61))

    batch, frames = observations(3)
    answer = finished(
        handlers.act(
            messages.ActParams(
                observations=batch,
                step_ids=None,
                temperature=1.0,
                greedy=True,
                max_new_tokens=60,
                seed=1,
                policy="present",
            ),
            frames,
            ignore_progress,
        )
    )
    assert all(utterance.startswith('{"current": "') for utterance in answer.utterances)


def test_demonstrations_are_dropped_once_learned(handlers: Handlers) -> None:
    add(handlers)
    handlers.fit_sft(sft(1), [], ignore_progress)
    with pytest.raises(WorkerError, match="addDemonstrations"):
        handlers.fit_sft(sft(1), [], ignore_progress)


def test_the_first_loss_does_not_depend_on_the_micro_batch(handlers: Handlers) -> None:
    first: list[float] = []
    for micro_batch in (1, 5, 12):
        add(handlers)
        losses = handlers.fit_sft(sft(1, micro_batch, learning_rate=1e-12), [], ignore_progress).losses
        first.append(float(float_array(losses, 1)[0]))
    assert first == pytest.approx([first[0]] * 3, abs=1e-5)


def test_scm_learns_the_actions_of_texts(handlers: Handlers) -> None:
    examples = messages.TextExamples(texts=UTTERANCES * 8, labels=labels_of([0, 1, 0] * 8))
    params = messages.FitScmParams(
        examples=examples, steps=40, batch_size=12, learning_rate=1e-2, max_grad_norm=1.0, seed=1
    )
    handlers.fit_scm(params, [], ignore_progress)
    assert handlers.fit_scm(params, [], ignore_progress).metrics["scm/accuracy"] > 0.95


def test_labels_outside_the_factor_are_refused(handlers: Handlers) -> None:
    examples = messages.TextExamples(texts=UTTERANCES[:1], labels=labels_of([3]))
    with pytest.raises(BadRequestError, match="labels 0 … 2"):
        handlers.fit_scm(
            messages.FitScmParams(
                examples=examples, steps=1, batch_size=1, learning_rate=1e-2, max_grad_norm=1.0, seed=1
            ),
            [],
            ignore_progress,
        )


def test_calls_before_build_say_so() -> None:
    with pytest.raises(WorkerError, match="build"):
        Handlers().fit_sft(sft(1), [], ignore_progress)
