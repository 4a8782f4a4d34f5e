"""What is drawn, and by which numbers; slots of the key-value cache."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from conftest import PROMPT
from coso_worker.handlers import Handlers
from coso_worker.policies.policy import Sampled, Sampling
from coso_worker.policies.sampling import FORBIDDEN, draw_tokens, row_draws

ROWS = 9


def test_draws_of_a_row_do_not_depend_on_how_many_there_are() -> None:
    assert torch.equal(row_draws(3, 7, 5)[:4], row_draws(3, 4, 5))
    assert not torch.equal(row_draws(3, 4, 5), row_draws(4, 4, 5))


def test_tokens_come_as_often_as_they_are_likely() -> None:
    logits_V = torch.tensor([1.0, FORBIDDEN, 0.0, 2.0, FORBIDDEN])
    draws_N = torch.arange(10_000, dtype=torch.float64) / 10_000
    drawn = draw_tokens(logits_V.expand(10_000, -1), temperature=0.5, draws_N=draws_N)
    shares_V = torch.bincount(drawn.tokens_N, minlength=5) / 10_000
    assert shares_V.tolist() == pytest.approx(torch.softmax(logits_V / 0.5, -1).tolist(), abs=2e-4)
    assert shares_V[1] == shares_V[4] == 0


@given(
    logits=st.lists(st.floats(-60, 60, width=32), min_size=2, max_size=40),
    forbidden=st.sets(st.integers(0, 39)),
    draw=st.floats(0, 1, exclude_max=True),
    temperature=st.sampled_from([0.1, 0.7, 1.0, 2.0]),
)
def test_what_may_not_be_said_never_is(
    logits: list[float], forbidden: set[int], draw: float, temperature: float
) -> None:
    logits_1V = torch.tensor([logits])
    banned = sorted(token for token in forbidden if token < len(logits) - 1)
    logits_1V[0, banned] += FORBIDDEN
    for draws_N in (torch.tensor([draw], dtype=torch.float64), torch.tensor([1 - 2**-53], dtype=torch.float64), None):
        drawn = draw_tokens(logits_1V, temperature=temperature, draws_N=draws_N)
        assert drawn.tokens_N.item() not in banned
        expected_V = torch.log_softmax(logits_1V[0].double() / temperature, -1)
        assert drawn.log_probs_N.item() == pytest.approx(expected_V[drawn.tokens_N].item(), abs=1e-3, rel=1e-5)
        assert drawn.entropies_N.item() == pytest.approx(-(expected_V.exp() * expected_V).sum().item(), abs=1e-3)


def said(handlers: Handlers, *, slots: int, longest: int, rows: int = ROWS) -> Sampled:
    """Prompts of very different lengths."""
    policy = handlers.agent.policy
    prompts = policy.encode([PROMPT * (1 + 5 * (row % 4)) for row in range(rows)], [None] * rows)
    return policy.sample(prompts, Sampling(0.9, longest, row_draws(11, rows, longest)), slots=slots)


def first_places(utterances: list[Tensor], token: int) -> set[int]:
    return {tokens_L.tolist().index(token) for tokens_L in utterances if token in tokens_L}


@pytest.mark.parametrize("slots", [1, 2, 5, 8])
def test_slots_are_filled_again_and_again(handlers: Handlers, slots: int) -> None:
    """With few slots and short utterances the cache's places run out several times, and are moved to the front."""
    policy = handlers.agent.policy
    free = said(handlers, slots=ROWS, longest=24)
    tokens = torch.cat(free.tokens).unique().tolist()
    policy.end_token = max(tokens, key=lambda token: len(first_places(free.tokens, token)))
    for longest in (3, 24):
        together, apart = (said(handlers, slots=each, longest=longest) for each in (ROWS, slots))
        assert [tokens_L.tolist() for tokens_L in apart.tokens] == [tokens_L.tolist() for tokens_L in together.tokens]
        assert torch.cat(apart.log_probs).tolist() == pytest.approx(torch.cat(together.log_probs).tolist(), abs=1e-4)
        assert apart.finished == together.finished
    assert len({tokens_L.numel() for tokens_L in together.tokens}) > 2
