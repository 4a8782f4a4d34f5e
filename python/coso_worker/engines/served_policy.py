"""One of the worker's policies, in a process that does nothing but sample from it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch

from coso_engine import messages
from coso_engine.frames import Frames, draws_of, pixels_of
from coso_engine.serving import RequestError
from coso_worker.build_policy import DTYPES, build_policy
from coso_worker.images import ImageStore
from coso_worker.policies.policy import Prompt, Sampling
from coso_worker.protocol.messages import PolicySpec


class ServedPolicy:
    """Says what the policy in the worker would say by the same draws, but for rounding of larger or smaller batches."""

    def __init__(self, settings: messages.LoadPolicy) -> None:
        self._policy = build_policy(
            msgspec.msgpack.decode(settings.policy, type=PolicySpec),
            device=torch.device(settings.device),
            dtype=DTYPES[settings.dtype],
            seed=0,  # of a value head that nobody asks here, and of weights that are handed over first
        )
        self._slots = settings.slots
        self._images = ImageStore()
        self._prompts: list[Prompt] = []
        """Of the last request: what policies remember of an image goes with the image."""

    def ready(self) -> messages.Ready:
        return messages.Ready(version=f"PyTorch {torch.__version__}", device=self._policy.device.type, longest=None)

    def generate(self, request: messages.Generate, frames: Frames) -> messages.Generated:
        self._prompts = [
            Prompt(
                torch.tensor(tokens, dtype=torch.long),
                None if picture is None else self._images.intern(pixels_of(picture, frames)),
            )
            for tokens, picture in zip(request.prompts, request.pictures, strict=True)
        ]
        draws = draws_of(request, frames)
        sampling = Sampling(
            request.temperature,
            request.max_new_tokens,
            None if draws is None else torch.from_numpy(draws.copy()),
        )
        sampled = self._policy.sample(self._prompts, sampling, slots=self._slots)
        return messages.Generated(
            tokens=[tokens_L.tolist() for tokens_L in sampled.tokens],
            finished=sampled.finished,
            log_probs=[log_probs_L.tolist() for log_probs_L in sampled.log_probs],
        )

    def update(self, request: messages.Update) -> None:
        self._policy.load_pretrained(Path(request.folder))

    def adapter(self, request: messages.Adapter) -> None:
        raise RequestError("unserved", "adapters are part of what `update` hands over")

    def sleep(self) -> None:
        raise RequestError("unserved", "its memory cannot be given back")
