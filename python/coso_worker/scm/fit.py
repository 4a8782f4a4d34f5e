"""Learning φ: cross-entropy of the parsed action given the utterance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from coso_worker.batching import epoch_batches
from coso_worker.distributed.gradients import sum_gradients
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.policies.padding import pad_right
from coso_worker.scm.network import StructuralCausalModel
from coso_worker.scm.standardisation import Standardisation


@dataclass(frozen=True)
class ScmFit:
    """Means over the examples seen, before each step: cross-entropy in nats, share of actions predicted whole."""

    loss: float
    accuracy: float


def fit_scm(
    scm: StructuralCausalModel,
    optimiser: torch.optim.Optimizer,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    padding: int,
    steps: int,
    batch_size: int,
    learning_rate: float,
    max_grad_norm: float,
    generator: torch.Generator,
    on_step: Callable[[int, float], None] = lambda step, loss: None,
    ranks: Ranks = ALONE,
) -> ScmFit:
    """Algorithm 1, line 17: cross-entropy of a given y. Batches are drawn without replacement, epoch after epoch.

    Every rank is given all examples and computes its share of a batch; rank 0 all of it where another batch would
    change the numbers: dropout's masks are drawn for a whole batch.
    """
    device = next(scm.parameters()).device
    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    features = _Features(scm, tokens, padding, device)
    loss_sum, correct, seen = 0.0, 0, 0
    scm.train()
    if scm.standardisation is not None and not scm.standardisation.is_settled:
        first = range(min(len(tokens), Standardisation.EXAMPLES))
        chunks = [first[start : start + batch_size] for start in range(0, len(first), batch_size)]
        scm.standardisation.settle(torch.cat([features.of(rows) for rows in chunks]))
    for step, rows in enumerate(epoch_batches(len(tokens), batch_size, steps, generator)):
        optimiser.zero_grad(set_to_none=True)
        own = _own_rows(rows, scm, ranks)
        own_loss, own_correct = _learn(scm, features, own, labels_NF[own].to(device), len(rows)) if own else (0.0, 0)
        sum_gradients(scm.parameters(), ranks)
        nn.utils.clip_grad_norm_(scm.parameters(), max_grad_norm)
        optimiser.step()
        correct += int(ranks.total(own_correct))
        loss_sum += ranks.total(own_loss) * len(rows)
        seen += len(rows)
        on_step(step + 1, loss_sum / seen)
    scm.eval()
    return ScmFit(loss=loss_sum / seen, accuracy=correct / seen)


def _own_rows(rows: Sequence[int], scm: StructuralCausalModel, ranks: Ranks) -> list[int]:
    if scm.has_independent_rows:
        return list(ranks.share_of(rows))
    return list(rows) if ranks.is_first else []


def _learn(
    scm: StructuralCausalModel, features: _Features, rows: Sequence[int], labels_NF: Tensor, batch: int
) -> tuple[float, int]:
    """Adds these rows' part in the gradient of the batch's mean cross-entropy. Returns their part in that mean, and how
    many of them were predicted whole."""
    factors = scm.predict(features.of(rows))
    mean = sum(
        (nn.functional.nll_loss(log_probs, labels_NF[:, f]) for f, log_probs in enumerate(factors)),
        start=torch.zeros((), device=labels_NF.device),
    )
    part = mean * (len(rows) / batch)
    part.backward()
    predicted_NF = torch.stack([log_probs.argmax(-1) for log_probs in factors], dim=-1)
    return float(part.detach()), int((predicted_NF == labels_NF).all(-1).sum())


class _Features:
    """Features of examples by row. Where they are constant, equal utterances are encoded once in a fit, since heads
    cost next to nothing beside an encoder. Not kept for the next fit: a resumed run has to repeat every number.
    """

    def __init__(
        self, scm: StructuralCausalModel, tokens: Sequence[Tensor], padding: int, device: torch.device
    ) -> None:
        self._scm = scm
        self._tokens = tokens
        self._padding = padding
        self._device = device
        self._known: dict[tuple[int, ...], Tensor] = {}

    def of(self, rows: Sequence[int]) -> Tensor:
        """float32 [N, H]."""
        if not self._scm.has_constant_features:
            return self._encode([self._tokens[row] for row in rows])
        keys = [tuple(self._tokens[row].tolist()) for row in rows]
        new = [key for key in dict.fromkeys(keys) if key not in self._known]
        if new:
            encoded_NH = self._encode([torch.tensor(key) for key in new])
            self._known.update(zip(new, encoded_NH, strict=True))
        return torch.stack([self._known[key] for key in keys])

    def _encode(self, utterances: Sequence[Tensor]) -> Tensor:
        tokens_NL, mask_NL = (part.to(self._device) for part in pad_right(utterances, self._padding))
        return self._scm.features(tokens_NL, mask_NL)
