"""A policy all of whose weights learn, spread over ranks."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from coso_worker.distributed.ranks import Ranks
from coso_worker.distributed.sharded_model import ShardedModel
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import LearningStage
from coso_worker.policies.reference import required
from coso_worker.policies.same_tokens import require_same_tokens
from coso_worker.protocol.messages import CheckpointPolicy


class ShardedPolicy(HuggingFacePolicy):
    """Learns as its ranks pass in step; speaks when its weights have been gathered.

    Raises WorkerError `bad-checkpoint` when the checkpoint cannot be loaded.
    """

    def __init__(
        self, spec: CheckpointPolicy, ranks: Ranks, *, device: torch.device, dtype: torch.dtype, seed: int
    ) -> None:
        super().__init__(spec, device=device, dtype=dtype, seed=seed)
        self._sharded = ShardedModel(self.model, ranks, device)
        self._kept: ShardedReference | None = None

    def gather(self) -> None:
        """To be called by all ranks before passes in which each has rows of its own and no gradients."""
        self._sharded.gather()

    def learning_parameters(self) -> list[nn.Parameter]:
        return [parameter for parameter in self._sharded.parameters if parameter.requires_grad]

    @contextmanager
    def learning(self, stage: LearningStage) -> Iterator[None]:
        self._sharded.spread()
        with super().learning(stage):
            yield
        # What a pass has gathered and no backward pass has freed would be out of date after the optimiser's step.
        self._sharded.spread()

    def keep_reference(self) -> None:
        self._sharded.spread()
        self._kept = ShardedReference(self._sharded, self.model.get_output_embeddings())

    @property
    def reference(self) -> nn.Module | None:
        return self._kept

    def _as_reference(self) -> AbstractContextManager[None]:
        return self._sharded.with_parts(required(self._kept).parts)

    def _model(self, reference: bool) -> Any:
        return self.model

    def logits(self, hidden_TH: Tensor, *, reference: bool = False) -> Tensor:
        if not reference:
            return super().logits(hidden_TH)
        return self._through(required(self._kept).head, hidden_TH)

    def save_pretrained(self, directory: Path) -> None:
        """After `gather`, on one rank."""
        self.model.save_pretrained(directory, state_dict=self._sharded.whole_state())
        self._family.save_processor(directory)

    def load_pretrained(self, directory: Path) -> None:
        require_same_tokens(directory, self._family.tokenizer)
        saved = type(self.model).from_pretrained(directory, dtype=self.model.dtype)
        self._sharded.take_over(dict(saved.named_parameters()))


class ShardedReference(nn.Module):
    """A frozen copy of what each rank holds, and of the output embedding."""

    def __init__(self, sharded: ShardedModel, head: nn.Module) -> None:
        super().__init__()
        self._sharded = sharded
        self._live_head = (head,)  # in a tuple it is no part of this module
        self.parts = [part.clone() for part in sharded.local_parts()]
        self.head = copy.deepcopy(head).requires_grad_(False)

    def whole_state(self) -> dict[str, Tensor]:
        """Every weight by its name, in memory. All ranks have to call it."""
        with self._sharded.with_parts(self.parts):
            self._sharded.gather()
            return {name: weight.cpu().clone() for name, weight in self._sharded.whole_state().items()}

    def take_over(self, state: Mapping[str, Tensor]) -> None:
        """Each rank keeps its part of these weights. Raises ValueError where they are another model's."""
        with self._sharded.with_parts(self.parts):
            self._sharded.take_over(state)
            self.head.load_state_dict(self._live_head[0].state_dict())
