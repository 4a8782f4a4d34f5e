"""The small AutoUI through the worker's methods: everything downstream of a policy works on it unchanged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from conftest import (
    PROMPT,
    SIDE,
    UTTERANCES,
    build_params,
    causal_entropy,
    finished,
    ignore_progress,
    labels_of,
    observations,
    update_params,
)
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.policies.autoui import AutoUiPolicy
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array

ROWS = 6
LABELS = labels_of([0, 1, 2, 0, 1, 2])


def spec(folder: Path) -> messages.EmbeddedAutoUiPolicy:
    return messages.EmbeddedAutoUiPolicy(
        directory=str(folder),
        vision_directory=str(folder / "vision"),
        corpus=[PROMPT, "Answer in JSON.", *UTTERANCES],
        vocabulary_size=320,
        hidden_size=16,
        layers=2,
        heads=2,
        image_size=16,
        patch_size=8,
        vision_hidden_size=24,
        vision_layers=1,
    )


def built(folder: Path, *, seed: int = 1, policy: messages.PolicySpec | None = None) -> Handlers:
    params = build_params(folder, seed)
    params.policy = spec(folder) if policy is None else policy
    params.critics = messages.CriticSpec(encoder=messages.PolicyFeatures(), hidden_size=16)
    handlers = Handlers()
    handlers.build(params, [], ignore_progress)
    return handlers


def act(handlers: Handlers, *, seed: int = 7) -> messages.ActResult:
    handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    batch, frames = observations(ROWS)
    params = messages.ActParams(
        observations=batch,
        step_ids=list(range(ROWS)),
        temperature=0.7,  # that of `update_params`
        greedy=False,
        max_new_tokens=12,
        seed=seed,
        policy="present",
    )
    return finished(handlers.act(params, frames, ignore_progress))


def weigh(handlers: Handlers) -> messages.WeighResult:
    params = messages.WeighParams(
        step_ids=list(range(ROWS)), labels=LABELS, method=messages.PaperWeights(micro_batch=16), seed=0
    )
    return handlers.weigh(params, [], ignore_progress)


def log_probs(handlers: Handlers, images: messages.ImageBatch | None = None) -> np.ndarray:
    frames = [] if images is None else [bytes(images.number * SIDE * SIDE * 3)]
    params = messages.ScoreParams(step_ids=list(range(ROWS)), images=images, temperature=0.7)
    steps = handlers.score(params, frames, ignore_progress).steps
    return np.concatenate([float_array(step.log_probs, -1) for step in steps])


def iterate(handlers: Handlers, iteration: int) -> dict[str, float]:
    """One iteration of CoSo on PPO with a KL term."""
    act(handlers, seed=iteration)
    weigh(handlers)
    kl = messages.KlTerm(coefficient=0.1, region="utterance")
    params = update_params(ROWS, entropy=causal_entropy(0.1), kl=kl, micro_batch=4, epochs=2, learning_rate=1e-3)
    return handlers.update_policy(params, [], ignore_progress).metrics


def test_what_is_written_is_a_checkpoint_like_any_other(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    assert act(handlers).token_counts == act(handlers).token_counts
    loaded = built(tmp_path / "scm", policy=messages.AutoUiPolicy(path=str(tmp_path), vision=str(tmp_path / "vision")))
    assert act(loaded).utterances == act(handlers).utterances
    policy = loaded.agent.policy
    assert isinstance(policy, AutoUiPolicy) and policy.image_features.size == 24


def test_weights_are_a_function_of_the_seed(tmp_path: Path) -> None:
    first, again, other = (tmp_path / name for name in ("first", "again", "other"))
    for folder, seed in ((first, 1), (again, 1), (other, 2)):
        built(folder, seed=seed)
    for file in ("model.safetensors", "vision/model.safetensors"):
        weights, same, others = (load_file(folder / file) for folder in (first, again, other))
        assert all(torch.equal(weight, same[name]) for name, weight in weights.items())
        assert any(not torch.equal(weight, others[name]) for name, weight in weights.items())


def test_sampled_log_probs_are_those_of_scoring_and_of_updates(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    sampled = float_array(act(handlers).log_probs, -1)
    params = messages.ScoreParams(step_ids=list(range(ROWS)), images=None, temperature=0.7)
    steps = handlers.score(params, [], ignore_progress).steps
    np.testing.assert_allclose([float_array(step.log_probs, -1).sum() for step in steps], sampled, atol=5e-5)
    metrics = handlers.update_policy(update_params(ROWS, learning_rate=0.0), [], ignore_progress).metrics
    assert metrics["mismatch/max"] < 2e-5
    black = messages.ImageBatch(frame=0, number=ROWS, height=SIDE, width=SIDE)
    assert np.abs(log_probs(handlers) - log_probs(handlers, black)).max() > 1e-3


def test_supervised_learning_finds_in_the_image_what_the_prompt_does_not_tell(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    batch, frames = observations(3)
    batch.prompts = [PROMPT] * 3
    handlers.add_demonstrations(
        messages.AddDemonstrationsParams(observations=batch, utterances=UTTERANCES), frames, ignore_progress
    )
    params = messages.FitSftParams(
        steps=150, batch_size=3, micro_batch=2, learning_rate=2e-2, max_grad_norm=1.0, seed=0
    )
    losses = float_array(handlers.fit_sft(params, [], ignore_progress).losses, -1)
    assert losses[-1] < 0.05 * losses[0]
    greedy = messages.ActParams(
        observations=batch,
        step_ids=None,
        temperature=1.0,
        greedy=True,
        max_new_tokens=80,
        seed=0,
        policy="present",
    )
    assert finished(handlers.act(greedy, frames, ignore_progress)).utterances == UTTERANCES


def test_updates_raise_what_was_rewarded_and_leave_the_vision_model_alone(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    policy = handlers.agent.policy
    assert isinstance(policy, AutoUiPolicy)
    seen = {name: weight.clone() for name, weight in policy.image_features.vision.state_dict().items()}
    lengths = act(handlers).token_counts
    before = log_probs(handlers)
    advantages = [1.0 if row % 2 == 0 else -1.0 for row in range(ROWS)]
    handlers.update_policy(update_params(ROWS, learning_rate=1e-3, advantages=advantages), [], ignore_progress)
    changes = np.array([part.sum() for part in np.split(log_probs(handlers) - before, np.cumsum(lengths)[:-1])])
    assert changes[0::2].min() > 0 > changes[1::2].max()
    assert all(torch.equal(weight, seen[name]) for name, weight in policy.image_features.vision.state_dict().items())


def test_the_kl_term_measures_from_its_reference(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    with pytest.raises(WorkerError, match="keepReference"):
        iterate(handlers, 1)
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    assert iterate(handlers, 1)["loss/kl"] < iterate(handlers, 2)["loss/kl"]


def test_what_is_saved_comes_back_and_goes_on_alike(tmp_path: Path) -> None:
    handlers = built(tmp_path / "first")
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    iterate(handlers, 1)
    saved = str(tmp_path / "saved")
    handlers.save(messages.SaveParams(directory=saved, parts="all", images=None), [], ignore_progress)
    other = built(tmp_path / "other")
    other.load(messages.LoadParams(directory=saved, images=None), [], ignore_progress)
    assert iterate(handlers, 2) == iterate(other, 2)
    ours, theirs = handlers.agent.policy, other.agent.policy
    for name, weight in ours.model.state_dict().items():
        assert torch.equal(weight, theirs.model.state_dict()[name]), name


def test_awrs_critics_read_its_states_and_instructions_without_an_image(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    act(handlers)
    fit = messages.CriticFit(steps=30, batch_size=8, learning_rate=1e-2, max_grad_norm=1.0)
    episodes = [
        messages.CriticEpisode(instruction=f"Go {way}.", state_ids=ids, successes=[success] * 2)
        for way, ids, success in (("up", [0, 1, 2], True), ("down", [3, 4, 5], False))
    ]
    params = messages.FitCriticsParams(
        episodes=episodes, held_out=[], states=fit, instructions=fit, micro_batch=4, seed=3
    )
    handlers.fit_critics(params, [], ignore_progress)
    asked = messages.ValueInstructionsParams(instructions=["Go up.", "Go down."], micro_batch=2)
    up, down = float_array(handlers.value_instructions(asked, [], ignore_progress).values, 2).tolist()
    assert up > 0.6 > 0.4 > down


def test_a_checkpoint_of_other_tokens_is_refused(tmp_path: Path) -> None:
    handlers = built(tmp_path / "first")
    saved = str(tmp_path / "saved")
    handlers.save(messages.SaveParams(directory=saved, parts="agent", images=None), [], ignore_progress)
    other = spec(tmp_path / "other")
    other.corpus = ["Something else altogether, of which no token is alike."]
    with pytest.raises(WorkerError, match="other tokens"):
        built(tmp_path / "other", policy=other).load(
            messages.LoadParams(directory=saved, images=None), [], ignore_progress
        )
