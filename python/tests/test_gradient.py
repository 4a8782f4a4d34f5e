"""First-order weights against finite steps towards the null token."""

from __future__ import annotations

import torch
from torch import Tensor

from coso_worker.counterfactual.gradient import gradient_weights
from coso_worker.scm import FreshEncoder, FreshEncoderSize, StructuralCausalModel, action_log_probs

NULL = 0


def make_scm() -> StructuralCausalModel:
    torch.manual_seed(1)
    scm = StructuralCausalModel(
        FreshEncoder(
            FreshEncoderSize(20, hidden_size=16, layers=2, heads=2, feed_forward_size=32, dropout=0.0, max_positions=32)
        ),
        (3, 2),
    ).eval()
    for parameter in scm.parameters():
        parameter.data *= 2
    return scm.double()


SCM = make_scm()
ROWS = [torch.tensor([3, 1, 4, 1, 5, 9]), torch.tensor([2, 6]), torch.tensor([5, 3, 5, 8, 9, 7, 9])]
LABELS = torch.tensor([[0, 1], [2, 0], [1, 1]])


def probability(embedded_MLH: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
    return action_log_probs([part.double() for part in SCM.from_embeddings(embedded_MLH, mask_ML)], labels_MF).exp()


def weights(micro_batch: int = 8, rows: list[Tensor] = ROWS, labels: Tensor = LABELS) -> list[Tensor]:
    return gradient_weights(SCM.word_embeddings, probability, rows, labels, null_token=NULL, micro_batch=micro_batch)


def test_they_are_the_slope_towards_the_null_token() -> None:
    for row, label, found in zip(ROWS, LABELS, weights(), strict=True):
        embedded_1LH = SCM.word_embeddings(row.unsqueeze(0)).detach()
        null_H = SCM.word_embeddings(torch.tensor([NULL])).detach()[0]
        mask_1L = torch.ones(1, row.numel(), dtype=torch.bool)
        for i in range(row.numel()):
            ends = []
            for step in (1e-3, -1e-3):
                moved = embedded_1LH.clone()
                moved[0, i] += step * (null_H - moved[0, i])
                ends.append(float(probability(moved, mask_1L, label.unsqueeze(0)).detach()))
            slope = abs(ends[0] - ends[1]) / 2e-3
            assert abs(float(found[i]) - min(slope, 1.0)) < 1e-4


def test_they_depend_on_neither_batch_nor_micro_batch() -> None:
    together = weights()
    for micro_batch in (1, 2):
        for one, other in zip(weights(micro_batch), together, strict=True):
            torch.testing.assert_close(one, other, atol=1e-6, rtol=0)


def test_they_are_within_bounds_and_leave_no_gradients_behind() -> None:
    for found, row in zip(weights(), ROWS, strict=True):
        assert found.shape == row.shape
        assert bool(((found >= 0) & (found <= 1)).all())
    assert all(parameter.grad is None for parameter in SCM.parameters())
