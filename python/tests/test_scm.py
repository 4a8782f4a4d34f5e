"""The SCM: what padding means, that factors multiply, and that it learns what decides an action."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from coso_worker.errors import BadRequestError
from coso_worker.policies.padding import pad_right
from coso_worker.scm import (
    FreshEncoder,
    FreshEncoderSize,
    Pooling,
    PretrainedEncoder,
    StructuralCausalModel,
    action_log_probs,
    fit_scm,
)
from coso_worker.scm.encoders.reading import PolicyText
from tiny_bert import write_tiny_bert


def make_scm(labels: tuple[int, ...], pooling: Pooling = "masked-mean") -> StructuralCausalModel:
    torch.manual_seed(0)
    size = FreshEncoderSize(10, hidden_size=16, layers=1, heads=2, feed_forward_size=32, dropout=0.0, max_positions=16)
    return StructuralCausalModel(FreshEncoder(size), labels, pooling).eval()


def test_padding_changes_no_probability() -> None:
    scm = make_scm((3,))
    short, long = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6, 7, 8, 9])
    tokens_NL, mask_NL = pad_right([short, long], 0)
    alone = scm(*pad_right([short], 0))[0]
    torch.testing.assert_close(scm(tokens_NL, mask_NL)[0][:1], alone, atol=1e-6, rtol=0)


def test_the_published_mean_depends_on_what_an_utterance_is_batched_with() -> None:
    short, long = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6, 7, 8, 9])
    scm = make_scm((3,), "padded-mean")
    alone, beside = scm(*pad_right([short], 0))[0], scm(*pad_right([short, long], 0))[0][:1]
    assert float((alone - beside).abs().max().detach()) > 1e-3
    # What padding adds are the states at its positions, which read the utterance but which nothing there reads.
    padded_1KH = scm.encoder(*pad_right([short, long], 0))[0][:1]
    torch.testing.assert_close(beside, scm.predict(padded_1KH.mean(1))[0])
    # Without padding both means are one.
    torch.testing.assert_close(alone, make_scm((3,))(*pad_right([short], 0))[0])


def test_the_default_size_has_the_papers_hundredth_of_a_billion() -> None:
    size = FreshEncoderSize(  # the defaults of ts/config/schema.ts; test/config/scm-size.test.ts holds them to these
        32_000, hidden_size=256, layers=3, heads=4, feed_forward_size=1024, dropout=0.1, max_positions=512
    )
    scm = StructuralCausalModel(FreshEncoder(size), (9,))
    assert 0.009e9 <= sum(parameter.numel() for parameter in scm.parameters()) <= 0.012e9


def test_gradient_weights_need_a_vocabulary_that_is_the_policys(tmp_path: Path) -> None:
    text = PolicyText(lambda tokens_L: [""] * tokens_L.numel(), 10, frozenset())
    scm = StructuralCausalModel(PretrainedEncoder(write_tiny_bert(tmp_path), text, is_frozen=True), (2,))
    with pytest.raises(BadRequestError, match=r"scm\.encoder\.kind"):
        scm.word_embeddings(torch.tensor([[1]]))


def test_action_probability_is_the_product_of_its_factors() -> None:
    scm = make_scm((2, 3))
    batch = pad_right([torch.tensor([1, 2, 3])], 0)
    verb, noun = scm(*batch)
    total = sum(action_log_probs((verb, noun), torch.tensor([[a, b]])).exp().item() for a in range(2) for b in range(3))
    assert math.isclose(total, 1.0, abs_tol=1e-5)
    assert math.isclose(
        action_log_probs((verb, noun), torch.tensor([[1, 2]])).item(), (verb[0, 1] + noun[0, 2]).item(), abs_tol=1e-6
    )


def test_it_learns_which_token_decides() -> None:
    draws = torch.Generator().manual_seed(0)
    tokens = [torch.randint(1, 10, (6,), generator=draws) for _ in range(256)]
    labels_NF = torch.tensor([[int(y[4] > 5)] for y in tokens])
    scm = make_scm((2,))
    optimiser = torch.optim.Adam(scm.parameters())
    fits = [
        fit_scm(
            scm,
            optimiser,
            tokens,
            labels_NF,
            padding=0,
            steps=60,
            batch_size=64,
            learning_rate=1e-2,
            max_grad_norm=1.0,
            generator=torch.Generator().manual_seed(k),
        )
        for k in range(3)
    ]
    assert fits[-1].accuracy > 0.95 > fits[0].accuracy
    assert fits[-1].loss < fits[0].loss
