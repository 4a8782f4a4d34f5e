"""Gradients that every rank has computed of its share of a batch's rows, as one process would have them.

A batch's loss is a sum over rows divided by the batch's size, so ranks' gradients are added up, once a batch, after the
last micro-batch: however many of those a rank needed. Weights that are sharded are summed as their gradients are
computed (`sharded_weights.py`), and are left out here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

from coso_worker.distributed.ranks import Ranks

BUCKET_BYTES = 64 * 2**20
"""Gradients that are sent together: large enough for a link's full speed, small beside what an update holds."""


@torch.no_grad()
def sum_gradients(parameters: Iterable[nn.Parameter], ranks: Ranks) -> None:
    """Sums the gradients of replicated parameters. A parameter that no rank's rows reached stays without one."""
    if ranks.size == 1:
        return
    replicated = [each for each in parameters if each.requires_grad and not isinstance(each, DTensor)]
    if not replicated:
        return
    reached = torch.tensor([0.0 if each.grad is None else 1.0 for each in replicated], device=replicated[0].device)
    ranks.sum(reached)
    for each, by in zip(replicated, reached.tolist(), strict=True):
        if by > 0 and each.grad is None:
            each.grad = torch.zeros_like(each)
    for bucket in _buckets([each.grad for each in replicated if each.grad is not None]):
        flat = torch.cat([gradient.flatten() for gradient in bucket])
        ranks.sum(flat)
        for gradient, summed in zip(bucket, flat.split([each.numel() for each in bucket]), strict=True):
            gradient.copy_(summed.view_as(gradient))


@torch.no_grad()
def clip_gradients(parameters: Sequence[nn.Parameter], max_norm: float, ranks: Ranks) -> float:
    """Scales gradients down to a common L2 norm of `max_norm`; returns the norm that they had."""
    if not any(isinstance(each, DTensor) for each in parameters):
        return float(nn.utils.clip_grad_norm_(parameters, max_norm))
    gradients = [each.grad for each in parameters if each.grad is not None]
    local = [gradient.to_local() if isinstance(gradient, DTensor) else gradient for gradient in gradients]
    squares = torch.zeros(2, dtype=torch.float64, device=local[0].device if local else None)
    for gradient, part in zip(gradients, local, strict=True):
        squares[0 if isinstance(gradient, DTensor) else 1] += part.double().square().sum()
    sharded = squares[:1].clone()
    ranks.sum(sharded)
    norm = float((sharded + squares[1:]).sqrt())
    # As nn.utils.clip_grad_norm_ has it.
    scale = max_norm / (norm + 1e-6)
    if scale < 1:
        for part in local:
            part.mul_(scale)
    return norm


def _buckets(gradients: Sequence[Tensor]) -> list[list[Tensor]]:
    by_type: defaultdict[torch.dtype, list[list[Tensor]]] = defaultdict(list)
    for gradient in gradients:
        buckets = by_type[gradient.dtype]
        if not buckets or sum(each.nbytes for each in buckets[-1]) + gradient.nbytes > BUCKET_BYTES:
            buckets.append([])
        buckets[-1].append(gradient)
    return [bucket for buckets in by_type.values() for bucket in buckets]
