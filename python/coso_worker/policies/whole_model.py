"""What policies share of which the whole model learns: its parameters, and the frozen copy for the KL term."""

from __future__ import annotations

import copy
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from torch import nn

from coso_worker.policies.policy import LearningStage
from coso_worker.policies.reference import required


class WholeModelPolicy:
    """A part of a `Policy`, whose docstrings are those of `policy.py`."""

    model: Any
    _reference: nn.Module | None = None

    def learning_parameters(self) -> list[nn.Parameter]:
        return list(self.model.parameters())

    def learning(self, stage: LearningStage) -> AbstractContextManager[None]:
        """Nothing here differs between learning and acting."""
        return nullcontext()

    def keep_reference(self) -> None:
        self._reference = copy.deepcopy(self.model).requires_grad_(False)

    @property
    def reference(self) -> nn.Module | None:
        return self._reference

    def _network(self, reference: bool) -> Any:
        """The model as it learns, or its frozen copy."""
        return required(self._reference) if reference else self.model
