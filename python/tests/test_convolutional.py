"""The convolutional policy: an utterance is one token, and the rest of the worker does not notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import SIDE, finished, ignore_progress, observations, uniform_entropy, update_params
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, float_tensor, int_tensor

UTTERANCES = ['{"action": "-"}', '{"action": "+"}', '{"action": "="}']
SPEC = messages.ConvolutionalPolicy(
    utterances=UTTERANCES,
    image_size=20,
    layers=[messages.Convolution(filters=4, kernel=8, stride=4), messages.Convolution(filters=8, kernel=3, stride=1)],
    hidden_size=16,
)
ENGINE = messages.TransformersEngine(slots=64, own_process=False, cuda_device=None)
TEMPERATURE = 0.7  # that of `update_params`


def built(spec: messages.ConvolutionalPolicy = SPEC, seed: int = 1) -> Handlers:
    handlers = Handlers()
    factors = [messages.ActionFactor(name="action", labels=["-", "+", "=", "invalid"])]
    handlers.build(
        messages.BuildParams(
            seed=seed,
            device="cpu",
            dtype="float32",
            policy=spec,
            engine=ENGINE,
            old_log_probs="sampled",
            factors=factors,
            scm=None,
            critics=None,
        ),
        [],
        ignore_progress,
    )
    return handlers


def act(handlers: Handlers, rows: int, *, images: int = 3, seed: int = 7, greedy: bool = False) -> messages.ActResult:
    batch, frames = observations(rows, images)
    return finished(
        handlers.act(
            messages.ActParams(
                observations=batch,
                step_ids=list(range(rows)),
                temperature=TEMPERATURE,
                greedy=greedy,
                max_new_tokens=12,
                seed=seed,
                policy="present",
            ),
            frames,
            ignore_progress,
        )
    )


def scored(handlers: Handlers, step_ids: list[int], images: messages.ImageBatch | None = None) -> np.ndarray:
    frames = [] if images is None else [bytes(images.number * SIDE * SIDE * 3)]
    params = messages.ScoreParams(step_ids=step_ids, images=images, temperature=TEMPERATURE)
    steps = handlers.score(params, frames, ignore_progress).steps
    assert all(len(step.tokens) == 1 for step in steps)
    return np.array([float_array(step.log_probs, -1)[0] for step in steps])


def built_awake() -> Handlers:
    """With a scaled action head, which begins so small that actions are almost alike."""
    handlers = built()
    with torch.no_grad():
        handlers.agent.policy.model.actions.weight *= 300
    return handlers


def test_an_utterance_is_one_finished_token_that_names_an_action() -> None:
    result = act(built(), 30)
    assert set(result.utterances) == set(UTTERANCES)
    assert result.token_counts == [1] * 30 and all(result.finished)
    assert float_array(result.values, -1).shape == (30,)


def test_a_fresh_policy_is_close_to_uniform_and_a_function_of_its_seed() -> None:
    first, again, other = (act(built(seed=seed), 6) for seed in (1, 1, 2))
    log_probs = float_array(first.log_probs, -1)
    np.testing.assert_allclose(log_probs, np.log(1 / 3), atol=0.05)
    np.testing.assert_array_equal(log_probs, float_array(again.log_probs, -1))
    assert np.abs(float_array(first.values, -1) - float_array(other.values, -1)).max() > 1e-4


def test_probabilities_are_of_the_actions_alone() -> None:
    policy = built().agent.policy
    probs_V = torch.softmax(policy.logits(torch.randn(1, 16)), dim=-1)[0]
    assert probs_V.shape == (policy.vocabulary_size,)
    assert probs_V[policy.null_token] == 0 and probs_V[: len(UTTERANCES)].min() > 0


def test_greedy_takes_the_likeliest_action_and_needs_no_seed() -> None:
    chosen, again = (act(built_awake(), 3, greedy=True, seed=seed) for seed in (7, 99))
    assert float_array(chosen.log_probs, -1).min() > np.log(1 / 3)
    assert chosen.utterances == again.utterances


def test_training_finds_the_log_probs_that_were_sampled_whatever_the_batch() -> None:
    handlers = built_awake()
    result = act(handlers, 6)
    together = scored(handlers, list(range(6)))
    np.testing.assert_allclose(together, float_array(result.log_probs, -1), atol=1e-6)
    alone = np.concatenate([scored(handlers, [step_id]) for step_id in range(6)])
    np.testing.assert_allclose(alone, together, atol=1e-6)
    probe = handlers.update_policy(update_params(6, learning_rate=0.0), [], ignore_progress).metrics
    assert probe["mismatch/max"] < 1e-6


def test_pixels_decide_and_prompts_do_not() -> None:
    handlers = built_awake()
    act(handlers, 3)
    black = messages.ImageBatch(frame=0, number=3, height=SIDE, width=SIDE)
    assert np.abs(scored(handlers, [0, 1, 2]) - scored(handlers, [0, 1, 2], black)).max() > 1e-3
    # Rows 0 and 1 have prompts of two lengths, over one image.
    values = float_array(act(built_awake(), 2, images=1).values, -1)
    assert values[0] == values[1]


def test_a_prompt_without_an_image_is_refused() -> None:
    batch = messages.ObservationBatch(prompts=["Move."], images=None, image_index=None)
    params = messages.ActParams(
        observations=batch,
        step_ids=None,
        temperature=1.0,
        greedy=False,
        max_new_tokens=4,
        seed=1,
        policy="present",
    )
    with pytest.raises(BadRequestError, match="without an image"):
        built().act(params, [], ignore_progress)


def test_a_text_that_is_no_action_has_no_tokens() -> None:
    policy = built().agent.policy
    (token_L,) = policy.tokenize([UTTERANCES[1]])
    assert policy.text(token_L) == UTTERANCES[1] and token_L.tolist() == [1]
    with pytest.raises(BadRequestError, match="can say"):
        policy.tokenize(["I go up."])


def bandit(handlers: Handlers, rounds: int, kl: messages.KlTerm | None = None) -> float:
    """Rewards action i on image i; returns the mean probability of the rewarded action before the last update."""
    rows = 48
    rewarded = [UTTERANCES[row % 3] for row in range(rows)]
    chances: list[float] = []
    for number in range(rounds):
        handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
        said = act(handlers, rows, seed=number)
        is_right = np.array([utterance == right for utterance, right in zip(said.utterances, rewarded, strict=True)])
        chances.append(float(is_right.mean()))
        params = update_params(
            rows,
            kl=kl,
            learning_rate=3e-3,
            epochs=2,
            entropy=uniform_entropy(0.01),
            advantages=(is_right * 2.0 - 1).tolist(),
        )
        params.returns = float_tensor(is_right.astype(np.float32))
        params.action_starts = [1] * rows
        params.action_spans = int_tensor(np.array([[12, 13]] * rows))
        handlers.update_policy(params, [], ignore_progress)
    return float(np.mean(chances[-5:]))


def test_updates_solve_a_bandit_that_only_pixels_tell() -> None:
    assert bandit(built(), 1) < 0.6
    assert bandit(built(), 40) > 0.95


def test_the_kl_term_holds_it_at_its_reference() -> None:
    handlers = built()
    kl = messages.KlTerm(coefficient=20.0, region="utterance")
    with pytest.raises(WorkerError, match="keepReference"):
        bandit(handlers, 1, kl)
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    assert bandit(handlers, 40, kl) < 0.6


def test_what_is_saved_comes_back_and_goes_on_alike(tmp_path: Path) -> None:
    handlers = built()
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    bandit(handlers, 3)
    handlers.save(messages.SaveParams(directory=str(tmp_path), parts="all", images=None), [], ignore_progress)
    other = built(seed=9)
    other.load(messages.LoadParams(directory=str(tmp_path), images=None), [], ignore_progress)
    for worker in (handlers, other):
        bandit(worker, 2, messages.KlTerm(coefficient=0.1, region="utterance"))
    ours, theirs = handlers.agent.policy, other.agent.policy
    for name, weight in ours.model.state_dict().items():
        assert torch.equal(weight, theirs.model.state_dict()[name]), name
    assert torch.equal(ours.value_head.state_dict()["layer.weight"], theirs.value_head.state_dict()["layer.weight"])


def test_a_policy_with_other_actions_is_refused(tmp_path: Path) -> None:
    built().save(messages.SaveParams(directory=str(tmp_path), parts="agent", images=None), [], ignore_progress)
    spec = messages.ConvolutionalPolicy(utterances=UTTERANCES[::-1], image_size=20, layers=SPEC.layers, hidden_size=16)
    with pytest.raises(WorkerError, match="cannot load") as raised:
        built(spec).load(messages.LoadParams(directory=str(tmp_path), images=None), [], ignore_progress)
    assert raised.value.code == "bad-checkpoint"


def test_half_precision_computes_and_float32_learns() -> None:
    handlers = Handlers()
    factors = [messages.ActionFactor(name="action", labels=["-", "invalid"])]
    params = messages.BuildParams(
        seed=1,
        device="cpu",
        dtype="bfloat16",
        policy=SPEC,
        engine=ENGINE,
        old_log_probs="recomputed",
        factors=factors,
        scm=None,
        critics=None,
    )
    handlers.build(params, [], ignore_progress)
    exact = float_array(act(built(), 6).values, -1)
    rough = float_array(act(handlers, 6).values, -1)
    assert np.abs(exact - rough).max() < 0.05 and not np.array_equal(exact, rough)
    assert all(weight.dtype == torch.float32 for weight in handlers.agent.policy.learning_parameters())
