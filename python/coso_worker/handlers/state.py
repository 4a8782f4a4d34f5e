"""What one worker holds, and what every handler needs of it."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from coso_worker.agent import Agent
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.distributed.sharded_policy import ShardedPolicy
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.images import Image, ImageStore, image_per_row
from coso_worker.policies.policy import Policy, Prompt
from coso_worker.protocol import messages
from coso_worker.sft import Demonstration
from coso_worker.step_store import StepStore

Frames = Sequence[memoryview | bytes]


class WorkerState:
    """An agent once built, images, kept steps, demonstrations not yet learned from. Every rank of a worker of several
    processes has all of it."""

    def __init__(self, ranks: Ranks = ALONE) -> None:
        self._ranks = ranks
        self._agent: Agent | None = None
        self._images = ImageStore()
        self._steps = StepStore()
        self._demonstrations: list[Demonstration] = []

    @property
    def agent(self) -> Agent:
        """Raises WorkerError `not-built` before `build`."""
        if self._agent is None:
            raise WorkerError("not-built", "expected `build` before any other call")
        return self._agent

    @property
    def kept_steps(self) -> int:
        """Number of steps held, for `stats`."""
        return len(self._steps)

    def _speaker(self) -> Policy:
        """The policy, with all of its weights on this rank."""
        policy = self.agent.policy
        if isinstance(policy, ShardedPolicy):
            policy.gather()
        return policy

    def _seed_dropout(self, seed: int) -> None:
        """Ranks see different rows, and drop out different parts of them."""
        torch.manual_seed(seed + self._ranks.rank)

    def close(self) -> None:
        """Gives back what is held outside this process; may be called again."""
        if self._agent is not None:
            self._agent.engine.close()

    def _prompts(self, observations: messages.ObservationBatch, frames: Frames) -> list[Prompt]:
        images = None if observations.images is None else self._unpack(observations.images, frames)
        rows = image_per_row(images, observations.image_index, len(observations.prompts))
        return self.agent.policy.encode(observations.prompts, rows)

    def _unpack(self, batch: messages.ImageBatch, frames: Frames) -> list[Image]:
        if batch.frame >= len(frames):
            raise BadRequestError(
                f"images.frame: expected below {len(frames)}, the frames of this message, got {batch.frame}"
            )
        return self._images.unpack(frames[batch.frame], batch.number, batch.height, batch.width)


def generator_of(seed: int) -> torch.Generator:
    """Draws of one request."""
    return torch.Generator().manual_seed(seed)
