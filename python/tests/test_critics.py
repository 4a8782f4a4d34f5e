"""AWR's critics: they tell success from failure where it can be told, by what is seen now and was seen before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from conftest import SIDE, build_params, ignore_progress
from coso_worker.critics.networks import InstructionCritic, StateCritic, lower_success
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array
from tiny_bert import write_tiny_bert

EPISODES = 24


def built(tmp_path: Path, encoder: messages.CriticEncoder | None = None) -> Handlers:
    params = build_params(tmp_path / "embedded")
    params.critics = messages.CriticSpec(
        encoder=messages.PolicyFeatures() if encoder is None else encoder, hidden_size=32
    )
    handlers = Handlers()
    handlers.build(params, [], ignore_progress)
    return handlers


def keep(handlers: Handlers, prompts: Sequence[str], brightness: Sequence[int], first: int) -> list[int]:
    """Keeps states that show one grey each."""
    pixels = np.stack([np.full((SIDE, SIDE, 3), level, dtype=np.uint8) for level in brightness])
    batch = messages.ObservationBatch(
        prompts=list(prompts),
        images=messages.ImageBatch(frame=0, number=len(pixels), height=SIDE, width=SIDE),
        image_index=list(range(len(pixels))),
    )
    ids = list(range(first, first + len(pixels)))
    handlers.observe(messages.ObserveParams(observations=batch, step_ids=ids), [pixels.tobytes()], ignore_progress)
    return ids


def episodes_of(handlers: Handlers, first: int = 0) -> list[messages.CriticEpisode]:
    """Bright ones succeed, and so do those that are told to go up. Three states each."""
    episodes = []
    for number in range(EPISODES):
        success = number % 2 == 0
        instruction = "Move up." if success else "I must go down."
        noise = number % 7
        levels = [200 + noise, 210 + noise, 220 + noise] if success else [20 + noise, 30 + noise, 40 + noise]
        ids = keep(handlers, [instruction] * 3, levels, first + 3 * number)
        episodes.append(messages.CriticEpisode(instruction=instruction, state_ids=ids, successes=[success, success]))
    return episodes


def fit(
    handlers: Handlers,
    episodes: list[messages.CriticEpisode],
    held_out: list[messages.CriticEpisode] | None = None,
    *,
    steps: int = 40,
    micro_batch: int = 64,
) -> dict[str, float]:
    each = messages.CriticFit(steps=steps, batch_size=32, learning_rate=1e-2, max_grad_norm=1.0)
    params = messages.FitCriticsParams(
        episodes=episodes,
        held_out=held_out or [],
        states=each,
        instructions=each,
        micro_batch=micro_batch,
        seed=3,
    )
    return handlers.fit_critics(params, [], ignore_progress).metrics


def state_values(handlers: Handlers, episodes: Sequence[messages.CriticEpisode]) -> NDArray[np.float32]:
    params = messages.ValueStatesParams(episodes=[each.state_ids for each in episodes], micro_batch=16)
    return float_array(handlers.value_states(params, [], ignore_progress).values, -1)


def instruction_values(handlers: Handlers, instructions: list[str]) -> list[float]:
    params = messages.ValueInstructionsParams(instructions=instructions, micro_batch=2)
    values: list[float] = float_array(
        handlers.value_instructions(params, [], ignore_progress).values, len(instructions)
    ).tolist()
    return values


@pytest.mark.parametrize("encoder", ["policy", "pretrained"])
def test_critics_learn_what_can_be_told_apart(tmp_path: Path, encoder: str) -> None:
    text = messages.TextFeatures(path=str(write_tiny_bert(tmp_path / "bert"))) if encoder == "pretrained" else None
    handlers = built(tmp_path, text)
    episodes = episodes_of(handlers)
    learned, held_out = episodes[:16], episodes[16:]
    fit(handlers, learned, held_out)
    again = fit(handlers, learned, held_out, steps=1)
    assert again["critic/accuracy"] == 1
    assert again["critic/held_out_accuracy"] == 1
    assert again["instruction_critic/held_out_accuracy"] == 1
    values = state_values(handlers, held_out).reshape(len(held_out), 3)
    assert values[0::2].min() > 0.8
    assert values[1::2].max() < 0.2
    up, down, up_again = instruction_values(handlers, ["Move up.", "I must go down.", "Move up."])
    assert up == up_again > 0.7 > 0.3 > down


def test_nothing_flows_back_into_the_policy(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    model = handlers.agent.policy.model
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    fit(handlers, episodes_of(handlers), steps=3)
    assert all(torch.equal(weight, before[name]) for name, weight in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_encoders_micro_batch_does_not_change_what_is_learned(tmp_path: Path) -> None:
    values = []
    for micro_batch in (1, 5, 64):
        handlers = built(tmp_path / str(micro_batch))
        episodes = episodes_of(handlers)
        fit(handlers, episodes, steps=4, micro_batch=micro_batch)
        values.append(state_values(handlers, episodes))
    assert values[1] == pytest.approx(values[0], abs=1e-4)
    assert values[2] == pytest.approx(values[0], abs=1e-4)


def test_the_state_before_counts_and_an_episodes_first_is_its_own(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    episodes = episodes_of(handlers)
    fit(handlers, episodes)
    bright, dark = episodes[0].state_ids, episodes[1].state_ids

    def value(ids: list[int], place: int) -> float:
        params = messages.ValueStatesParams(episodes=[ids], micro_batch=16)
        return float(float_array(handlers.value_states(params, [], ignore_progress).values, -1)[place])

    assert value([bright[0], bright[1]], 1) != value([dark[0], bright[1]], 1)
    assert value([bright[0], bright[1]], 0) == pytest.approx(value([bright[0], bright[0]], 1), abs=1e-6)


def test_v_is_the_lower_of_two_estimates() -> None:
    logits_2N2 = torch.tensor([[[0.0, 0.0], [0.0, 3.0]], [[0.0, 1.0], [2.0, 0.0]]])
    expected = [0.5, 1 / (1 + np.exp(2.0))]
    assert lower_success(logits_2N2).tolist() == pytest.approx(expected)
    network = StateCritic(4, 8)
    features_NF = torch.randn(5, 4)
    heads = network(features_NF).softmax(-1)[..., 1]
    assert torch.equal(network.values(features_NF), torch.minimum(heads[0], heads[1]))


def test_widths_are_the_references() -> None:
    shapes = [tuple(p.shape) for p in StateCritic(768 + 2816, 768).heads[0].parameters()]
    assert shapes == [(768, 3584), (768,), (768, 768), (768,), (2, 768), (2,)]
    assert [tuple(p.shape) for p in InstructionCritic(768).parameters()] == [(2, 768), (2,)]


def test_no_steps_change_nothing(tmp_path: Path) -> None:
    handlers = built(tmp_path)
    episodes = episodes_of(handlers)
    before = state_values(handlers, episodes)
    assert fit(handlers, episodes, episodes, steps=0) == {}
    assert np.array_equal(state_values(handlers, episodes), before)


def test_critics_that_were_not_built_and_states_that_do_not_fit(tmp_path: Path, handlers: Handlers) -> None:
    with pytest.raises(WorkerError, match=r"build\.critics"):
        instruction_values(handlers, ["Move up."])
    worker = built(tmp_path / "built")
    episodes = episodes_of(worker)
    episodes[0].successes = [True]
    with pytest.raises(BadRequestError, match="stateIds: expected 2"):
        fit(worker, episodes)
    with pytest.raises(WorkerError, match=r"algorithm\.critics\.encoder\.path"):
        built(tmp_path / "absent", messages.TextFeatures(path=str(tmp_path / "nowhere")))
