"""A policy from its specification."""

from __future__ import annotations

import torch

from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.distributed.sharded_policy import ShardedPolicy
from coso_worker.policies.autoui import AutoUiPolicy
from coso_worker.policies.autoui.embedded import write_embedded_autoui
from coso_worker.policies.convolutional import ConvolutionalPolicy
from coso_worker.policies.embedded import write_embedded_checkpoint
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Policy
from coso_worker.protocol import messages

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def build_policy(
    spec: messages.PolicySpec, ranks: Ranks = ALONE, *, device: torch.device, dtype: torch.dtype, seed: int
) -> Policy:
    """Small policies are written to disk first, and loaded from there like any other."""
    match spec:
        case messages.EmbeddedPolicy():
            ranks.first_does(lambda: write_embedded_checkpoint(spec, seed))
        case messages.EmbeddedAutoUiPolicy():
            ranks.first_does(lambda: write_embedded_autoui(spec, seed))
        case _:
            pass
    match as_written(spec):
        case messages.CheckpointPolicy() as checkpoint if _is_sharded(spec, ranks):
            return ShardedPolicy(checkpoint, ranks, device=device, dtype=dtype, seed=seed)
        case messages.CheckpointPolicy() as checkpoint:
            return HuggingFacePolicy(checkpoint, device=device, dtype=dtype, seed=seed)
        case messages.ConvolutionalPolicy() as convolutional:
            return ConvolutionalPolicy(convolutional, device=device, dtype=dtype, seed=seed)
        case messages.AutoUiPolicy() as autoui:
            return AutoUiPolicy(autoui, device=device, dtype=dtype, seed=seed)


def as_written(
    spec: messages.PolicySpec,
) -> messages.CheckpointPolicy | messages.ConvolutionalPolicy | messages.AutoUiPolicy:
    """The same policy, of a small one that has been written to disk as it is read from there."""
    match spec:
        case messages.EmbeddedPolicy():
            return messages.CheckpointPolicy(
                path=spec.directory,
                lora=None,
                is_vision_frozen=False,
                gradient_checkpointing=False,
                attention="sdpa",
            )
        case messages.EmbeddedAutoUiPolicy():
            return messages.AutoUiPolicy(path=spec.directory, vision=spec.vision_directory)
        case _:
            return spec


def _is_sharded(spec: messages.PolicySpec, ranks: Ranks) -> bool:
    return isinstance(spec, messages.CheckpointPolicy) and spec.lora is None and ranks.size > 1
