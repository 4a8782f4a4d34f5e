"""Moments of optimisers, whole on disk and spread over ranks in use."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor

from coso_worker.distributed.sharded_model import like


def whole_state(optimiser: torch.optim.Optimizer) -> dict[str, Any]:
    """`state_dict`, with what is spread put together in memory. All ranks have to call it."""
    saved = optimiser.state_dict()
    return {
        **saved,
        "state": {
            index: {name: _whole(value) for name, value in moments.items()} for index, moments in saved["state"].items()
        },
    }


def take_over_state(optimiser: torch.optim.Optimizer, saved: dict[str, Any]) -> None:
    """`load_state_dict`, of which each rank keeps its part. Raises ValueError where shapes differ."""
    parameters = [each for group in optimiser.param_groups for each in group["params"]]
    state = {
        index: {
            name: like(value, parameters[index]) if _is_spread(value, parameters[index]) else value
            for name, value in moments.items()
        }
        for index, moments in saved["state"].items()
        if index < len(parameters)
    }
    optimiser.load_state_dict({**saved, "state": state})


def _whole(value: Any) -> Any:
    return value.full_tensor().cpu() if isinstance(value, DTensor) else value


def _is_spread(value: Any, parameter: Tensor) -> bool:
    """Whether it is a moment, which has its weight's shape, of a weight that is spread."""
    return isinstance(parameter, DTensor) and isinstance(value, Tensor) and value.shape == parameter.shape
