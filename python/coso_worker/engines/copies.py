"""The copies that a separate engine may hold: one in vLLM, or one of the worker's own policies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import msgspec

from coso_engine import messages
from coso_worker.build_policy import as_written
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Policy
from coso_worker.protocol.messages import PolicySpec, VllmEngine

Dtype = Literal["float32", "bfloat16"]


class VllmCopy:
    """A checkpoint of Hugging Face's form in vLLM. Right after its start it is the checkpoint, as the policy is."""

    name = "vLLM"
    is_equal_at_start = True

    def __init__(self, policy: HuggingFacePolicy, spec: VllmEngine, *, checkpoint: str, dtype: Dtype) -> None:
        self._policy = policy
        self.python = spec.python
        self.can_sleep = spec.sleep
        self.load = messages.LoadVllm(
            checkpoint=checkpoint,
            dtype=dtype,
            slots=spec.slots,
            memory_share=spec.memory_share,
            cache_bytes=None if spec.cache_gigabytes is None else int(spec.cache_gigabytes * 1e9),
            forbidden_tokens=sorted(policy.forbidden_tokens),
            reads_images=policy.reads_images,
            image_token=policy.image_token,
            adapter_rank=policy.adapter_rank,
            can_sleep=spec.sleep,
        )

    def write(self, folder: Path, version: int) -> messages.Update | messages.Adapter:
        # Adapters alone, where the model has some.
        self._policy.model.save_pretrained(folder)
        if self._policy.adapter_rank > 0:
            return messages.Adapter(folder=str(folder), version=version)
        return messages.Update(folder=str(folder))


class OwnCopy:
    """A policy of the same kind as the one that learns, in this worker's own environment."""

    name = "the engine"
    is_equal_at_start = False
    can_sleep = False
    python = sys.executable

    def __init__(self, policy: Policy, spec: PolicySpec, *, slots: int, dtype: Dtype) -> None:
        self._policy = policy
        self.load = messages.LoadPolicy(
            policy=msgspec.msgpack.encode(as_written(spec)),
            device="cuda" if policy.device.type == "cuda" else "cpu",
            dtype=dtype,
            slots=slots,
        )

    def write(self, folder: Path, version: int) -> messages.Update:
        self._policy.save_pretrained(folder)
        return messages.Update(folder=str(folder))
