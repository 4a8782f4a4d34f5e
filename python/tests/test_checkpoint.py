"""Saving and loading: a run that was cut off goes on exactly as it would have."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import AutoModelForImageTextToText

from conftest import (
    build_params,
    causal_entropy,
    checkpoint_policy,
    ignore_progress,
    labels_of,
    observations,
    update_params,
)
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages

ROWS = 4


def built(tmp_path: Path, seed: int = 1) -> Handlers:
    handlers = Handlers()
    handlers.build(build_params(tmp_path / f"embedded-{seed}", seed), [], ignore_progress)
    return handlers


def iterate(handlers: Handlers, iteration: int) -> dict[str, float]:
    """One iteration of Algorithm 1 on whatever the policy samples."""
    ids = list(range(ROWS))
    batch, frames = observations(ROWS)
    handlers.act(
        messages.ActParams(
            observations=batch,
            step_ids=ids,
            temperature=0.7,
            greedy=False,
            max_new_tokens=8,
            seed=iteration,
            policy="present",
        ),
        frames,
        ignore_progress,
    )
    labels = labels_of([0, 1, 2, 0])
    handlers.weigh(
        messages.WeighParams(step_ids=ids, labels=labels, method=messages.PaperWeights(micro_batch=8), seed=0),
        [],
        ignore_progress,
    )
    scm = handlers.fit_scm(
        messages.FitScmParams(
            examples=messages.StepExamples(step_ids=ids, labels=labels),
            steps=2,
            batch_size=4,
            learning_rate=1e-2,
            max_grad_norm=1.0,
            seed=iteration,
        ),
        [],
        ignore_progress,
    ).metrics
    params = update_params(
        ROWS,
        entropy=causal_entropy(0.1),
        kl=messages.KlTerm(coefficient=0.1, region="utterance"),
    )
    metrics = handlers.update_policy(params, [], ignore_progress).metrics
    handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    return scm | metrics


def save(handlers: Handlers, directory: Path, parts: str = "all") -> None:
    images = str(directory.parent / "images")
    params = messages.SaveParams(directory=str(directory), parts=parts, images=images)  # type: ignore[arg-type]
    handlers.save(params, [], ignore_progress)


def load(handlers: Handlers, directory: Path) -> str:
    params = messages.LoadParams(directory=str(directory), images=str(directory.parent / "images"))
    return handlers.load(params, [], ignore_progress).parts


def test_a_loaded_worker_goes_on_bit_for_bit(tmp_path: Path) -> None:
    first = built(tmp_path)
    first.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    iterate(first, 0)
    save(first, tmp_path / "checkpoint")
    uninterrupted = [iterate(first, k) for k in (1, 2)]

    second = built(tmp_path, seed=2)
    assert load(second, tmp_path / "checkpoint") == "all"
    assert [iterate(second, k) for k in (1, 2)] == uninterrupted


def test_the_agent_alone_acts_alike(tmp_path: Path) -> None:
    first, second = built(tmp_path), built(tmp_path, seed=2)
    save(first, tmp_path / "policy", parts="agent")
    assert load(second, tmp_path / "policy") == "agent"
    for ours, theirs in zip(first.agent.policy.model.parameters(), second.agent.policy.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_the_saved_policy_is_a_hugging_face_checkpoint(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    save(handlers, tmp_path / "checkpoint")
    model = AutoModelForImageTextToText.from_pretrained(tmp_path / "checkpoint" / "policy")
    for ours, theirs in zip(handlers.agent.policy.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    again = Handlers()
    params = build_params(tmp_path)
    params.policy = checkpoint_policy(tmp_path / "checkpoint" / "policy")
    again.build(params, [], ignore_progress)


@pytest.mark.parametrize("damage", ["worker.json", "policy/model.safetensors", "scm.safetensors"])
def test_a_damaged_checkpoint_is_named(tmp_path: Path, damage: str) -> None:
    handlers = built(tmp_path)
    save(handlers, tmp_path / "checkpoint")
    (tmp_path / "checkpoint" / damage).write_bytes(b"{")
    with pytest.raises(WorkerError, match="checkpoint"):
        load(handlers, tmp_path / "checkpoint")


def test_a_folder_that_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    params = build_params(tmp_path)
    params.policy = checkpoint_policy(tmp_path / "nowhere")
    with pytest.raises(WorkerError, match=r"config\.json"):
        Handlers().build(params, [], ignore_progress)


def test_weights_that_were_trained_with_other_tokens_are_refused(tmp_path: Path) -> None:
    saved = built(tmp_path)
    save(saved, tmp_path / "saved")
    other = Handlers()
    params = build_params(tmp_path / "other", 1)
    assert isinstance(params.policy, messages.EmbeddedPolicy)
    params.policy.corpus = [text.upper() for text in params.policy.corpus]
    other.build(params, [], ignore_progress)
    with pytest.raises(WorkerError, match="was trained with other tokens") as error:
        load(other, tmp_path / "saved")
    assert error.value.code == "bad-checkpoint"
