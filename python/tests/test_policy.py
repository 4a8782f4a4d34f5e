"""The policy: what is sampled is what is trained on, whatever the batch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SIDE, UTTERANCES, finished, ignore_progress, observations
from coso_worker.errors import BadRequestError
from coso_worker.handlers import Handlers
from coso_worker.images import Image
from coso_worker.policies.embedded import BOUNDARIES, train_tokenizer
from coso_worker.policies.token_text import TokenText
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array

Act = Callable[..., messages.ActResult]


def score(
    handlers: Handlers,
    rows: int,
    images: messages.ImageBatch | None = None,
    frames: list[bytes] | None = None,
    step_ids: list[int] | None = None,
) -> list[messages.ScoredStep]:
    params = messages.ScoreParams(
        step_ids=list(range(rows)) if step_ids is None else step_ids, images=images, temperature=0.7
    )
    return handlers.score(params, frames or [], ignore_progress).steps


def log_probs(step: messages.ScoredStep) -> np.ndarray:
    return float_array(step.log_probs, -1)


def test_training_pass_finds_the_log_probs_that_were_sampled(handlers: Handlers, act: Act) -> None:
    result = act(6)
    summed = [float(log_probs(step).sum()) for step in score(handlers, 6)]
    np.testing.assert_allclose(summed, float_array(result.log_probs, -1), atol=5e-5)


def test_a_padded_batch_equals_single_utterances(handlers: Handlers, act: Act) -> None:
    act(6, max_new_tokens=20)
    together = score(handlers, 6)
    for step_id in range(6):
        (alone,) = score(handlers, 1, step_ids=[step_id])
        np.testing.assert_allclose(log_probs(alone), log_probs(together[step_id]), atol=1e-5)


def test_other_pixels_give_other_log_probs(handlers: Handlers, act: Act) -> None:
    act(3)
    black = messages.ImageBatch(frame=0, number=3, height=SIDE, width=SIDE)
    blinded = score(handlers, 3, images=black, frames=[bytes(3 * SIDE * SIDE * 3)])
    for seen, unseen in zip(score(handlers, 3), blinded, strict=True):
        assert np.abs(log_probs(seen) - log_probs(unseen)).max() > 1e-4


def test_one_seed_one_utterance_and_another_seed_another(act: Act) -> None:
    first, again, other = act(4, keep=False), act(4, keep=False), act(4, keep=False, seed=8)
    assert first.utterances == again.utterances
    assert first.utterances != other.utterances


def test_greedy_needs_no_seed(act: Act) -> None:
    assert act(4, keep=False, greedy=True).utterances == act(4, keep=False, greedy=True, seed=99).utterances


def test_special_tokens_are_never_sampled(handlers: Handlers, act: Act) -> None:
    policy = handlers.agent.policy
    probs_V = torch.softmax(policy.logits(torch.randn(1, 16)), dim=-1)[0]
    forbidden = sorted(policy.special_tokens - {policy.end_token})
    assert len(forbidden) >= 3 and probs_V[forbidden].max() == 0


def test_text_that_is_never_said_is_no_demonstration(handlers: Handlers) -> None:
    batch, frames = observations(1)
    for text, named in (("I go <unk>.", "<unk>"), ("I go <pad>.", "special tokens")):
        params = messages.AddDemonstrationsParams(observations=batch, utterances=[text])
        with pytest.raises(BadRequestError, match=f"reads {named}"):
            handlers.add_demonstrations(params, frames, ignore_progress)


def test_an_utterance_that_reaches_the_limit_is_not_finished(act: Act) -> None:
    result = act(6, max_new_tokens=3)
    for count, is_finished in zip(result.token_counts, result.finished, strict=True):
        assert count <= 3 and (is_finished or count == 3)


def test_text_only_rows_need_no_image(handlers: Handlers) -> None:
    batch = messages.ObservationBatch(prompts=["Move to the target."], images=None, image_index=None)
    result = finished(
        handlers.act(
            messages.ActParams(
                observations=batch,
                step_ids=None,
                temperature=1.0,
                greedy=False,
                max_new_tokens=4,
                seed=1,
                policy="present",
            ),
            [],
            ignore_progress,
        )
    )
    assert len(result.utterances) == 1


@pytest.mark.parametrize("with_image", [True, False])
def test_a_prompt_that_holds_the_placeholder_is_refused(handlers: Handlers, with_image: bool) -> None:
    image = Image("key", np.zeros((SIDE, SIDE, 3), dtype=np.uint8)) if with_image else None
    with pytest.raises(BadRequestError, match="must not hold the placeholder"):
        handlers.agent.policy.encode(["Move to <image>."], [image])


def test_pixels_of_the_wire_are_not_changed(handlers: Handlers, act: Act) -> None:
    _, frames = observations(3)
    before = bytes(frames[0])
    act(3)
    assert frames[0] == before


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_comes_back_from_its_tokens_and_pieces(text: str) -> None:
    words = TokenText(_TOKENIZER, _TOKENIZER.eos_token_id)
    if any(token in text for token in _TOKENIZER.all_special_tokens):
        return
    (tokens_L,) = words.tokenize([text])
    assert words.text(tokens_L) == text
    pieces = words.pieces(tokens_L)
    assert len(pieces) == tokens_L.numel()
    assert "".join(pieces) == text


_TOKENIZER = train_tokenizer(UTTERANCES, 320)


def test_digits_and_marks_are_tokens_of_their_own() -> None:
    pieces = [_TOKENIZER.decode([token]) for token in _TOKENIZER('"action": "+"}')["input_ids"]]
    assert "+" in pieces and pieces[-1] == "}"


def test_fields_may_be_one_token_each() -> None:
    tap = '"touch_point": "[0.2857, 0.5000]"'
    fields = train_tokenizer([tap, "15:45"] * 2, 330, BOUNDARIES["fields"])
    assert [fields.decode([token]) for token in fields(tap)["input_ids"]] == tap.replace(" ", "| ").split("|")
    assert len(fields("15:45")["input_ids"]) >= 2
    for text in (tap, "  \n two  spaces ", "[0.1234,", "Wake me up at 15:45", ":: a :b:"):
        assert fields.decode(fields(text)["input_ids"]) == text
