"""In what precision a policy computes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch


def computing_in(dtype: torch.dtype, device: torch.device) -> AbstractContextManager[Any]:
    """Inside, matrices are multiplied in `dtype`, whatever their weights are kept in."""
    return nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype=dtype)
