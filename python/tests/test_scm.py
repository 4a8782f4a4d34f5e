"""The SCM: padding means nothing, factors multiply, and it learns what decides an action."""

from __future__ import annotations

import math

import torch

from coso_worker.policies.padding import pad_right
from coso_worker.scm import (
    FreshEncoder,
    FreshEncoderSize,
    Pooling,
    StructuralCausalModel,
    action_log_probs,
    fit_scm,
)


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
