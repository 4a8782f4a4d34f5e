"""Learning φ: cross-entropy of the parsed action given the utterance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from coso_worker.batching import epoch_batches
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
) -> ScmFit:
    """Algorithm 1, line 17: cross-entropy of a given y. Batches are drawn without replacement, epoch after epoch."""
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
        batch_labels_NF = labels_NF[rows].to(device)
        factors = scm.predict(features.of(rows))
        loss = sum(
            (nn.functional.nll_loss(log_probs, batch_labels_NF[:, f]) for f, log_probs in enumerate(factors)),
            start=torch.zeros((), device=device),
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(scm.parameters(), max_grad_norm)
        optimiser.step()
        predicted_NF = torch.stack([log_probs.argmax(-1) for log_probs in factors], dim=-1)
        correct += int((predicted_NF == batch_labels_NF).all(-1).sum())
        loss_sum += float(loss.detach()) * len(rows)
        seen += len(rows)
        on_step(step + 1, loss_sum / seen)
    scm.eval()
    return ScmFit(loss=loss_sum / seen, accuracy=correct / seen)


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
