"""Steps that outlive an iteration: on disk exactly as they were sampled, and each image once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image as Picture

from conftest import build_params, ignore_progress, observations
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages

ROWS = 5


def built(tmp_path: Path) -> Handlers:
    params = build_params(tmp_path)
    params.critics = messages.CriticSpec(encoder=messages.PolicyFeatures(), hidden_size=8)
    handlers = Handlers()
    handlers.build(params, [], ignore_progress)
    return handlers


def act(handlers: Handlers, first: int = 10) -> None:
    batch, frames = observations(ROWS)
    ids = list(range(first, first + ROWS))
    params = messages.ActParams(
        observations=batch,
        step_ids=ids,
        temperature=0.7,
        greedy=False,
        max_new_tokens=9,
        seed=first,
        policy="present",
    )
    handlers.act(params, frames, ignore_progress)
    observed = messages.ObserveParams(observations=batch, step_ids=[100 * first + n for n in range(ROWS)])
    handlers.observe(observed, frames, ignore_progress)


def save(handlers: Handlers, directory: Path, images: Path | None, parts: str = "all") -> None:
    params = messages.SaveParams(
        directory=str(directory),
        parts=parts,  # type: ignore[arg-type]
        images=None if images is None else str(images),
    )
    handlers.save(params, [], ignore_progress)


def load(handlers: Handlers, directory: Path, images: Path | None) -> None:
    params = messages.LoadParams(directory=str(directory), images=None if images is None else str(images))
    handlers.load(params, [], ignore_progress)


def test_steps_come_back_as_they_were_sampled(tmp_path: Path) -> None:
    first = built(tmp_path / "first")
    act(first)
    save(first, tmp_path / "saved", tmp_path / "images")
    second = built(tmp_path / "second")
    act(second, first=50)
    load(second, tmp_path / "saved", tmp_path / "images")
    expected, found = first._steps.all(), second._steps.all()
    assert list(found) == list(expected)
    for step_id, step in expected.items():
        other = found[step_id]
        assert other.text == step.text
        assert other.value == step.value
        for name in ("tokens_L", "log_probs_L", "entropies_L"):
            kept, read = getattr(step, name), getattr(other, name)
            assert torch.equal(kept, read)
            assert kept.dtype == read.dtype
        assert torch.equal(step.prompt.tokens_P, other.prompt.tokens_P)
        assert step.prompt.image is not None
        assert other.prompt.image is not None
        assert step.prompt.image.key == other.prompt.image.key
        assert np.array_equal(step.prompt.image.pixels_HWC, other.prompt.image.pixels_HWC)


def test_critics_and_their_optimisers_go_on_exactly(tmp_path: Path) -> None:
    def fit(handlers: Handlers, seed: int) -> dict[str, float]:
        each = messages.CriticFit(steps=3, batch_size=4, learning_rate=1e-2, max_grad_norm=1.0)
        episode = messages.CriticEpisode(instruction="Go.", state_ids=[10, 11, 12, 1000], successes=[True, False, True])
        params = messages.FitCriticsParams(
            episodes=[episode], held_out=[], states=each, instructions=each, micro_batch=8, seed=seed
        )
        return handlers.fit_critics(params, [], ignore_progress).metrics

    whole = built(tmp_path / "whole")
    act(whole)
    fit(whole, 1)
    save(whole, tmp_path / "saved", tmp_path / "images")
    resumed = built(tmp_path / "resumed")
    load(resumed, tmp_path / "saved", tmp_path / "images")
    assert fit(resumed, 2) == fit(whole, 2)


def test_each_image_is_stored_once_for_all_checkpoints(tmp_path: Path) -> None:
    handlers = built(tmp_path / "model")
    act(handlers)
    images = tmp_path / "images"
    save(handlers, tmp_path / "one", images)
    files = {file: file.stat().st_mtime_ns for file in images.iterdir()}
    assert len(files) == 3
    act(handlers, first=50)
    save(handlers, tmp_path / "two", images)
    assert {file: file.stat().st_mtime_ns for file in images.iterdir()} == files
    assert not list((tmp_path / "two").rglob("*.png"))


def test_a_policy_to_act_with_carries_no_steps(tmp_path: Path) -> None:
    handlers = built(tmp_path / "model")
    act(handlers)
    save(handlers, tmp_path / "agent", tmp_path / "images", parts="agent")
    assert not (tmp_path / "agent" / "steps.safetensors").exists()
    save(handlers, tmp_path / "all", tmp_path / "images")
    other = built(tmp_path / "other")
    load(other, tmp_path / "all", None)
    assert other.kept_steps == 0
    load(handlers, tmp_path / "agent", tmp_path / "images")
    assert handlers.kept_steps == 2 * ROWS


def test_a_damaged_image_is_named(tmp_path: Path) -> None:
    handlers = built(tmp_path / "model")
    act(handlers)
    save(handlers, tmp_path / "saved", tmp_path / "images")
    victim = next((tmp_path / "images").iterdir())
    Picture.new("RGB", (4, 4)).save(victim)
    with pytest.raises(WorkerError, match=f"{victim.name}: its pixels have changed"):
        load(handlers, tmp_path / "saved", tmp_path / "images")
    victim.unlink()
    with pytest.raises(WorkerError, match="cannot load the steps"):
        load(handlers, tmp_path / "saved", tmp_path / "images")
