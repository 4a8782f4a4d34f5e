"""What the worker remembers of a step between sampling it and learning from it, by the id that TypeScript gave it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from torch import Tensor

from coso_worker.errors import WorkerError
from coso_worker.policies.policy import Prompt


@dataclass
class KeptStep:
    """Tokens, and their log-probs and entropies under the policy that they were sampled from; there are none where
    nothing was said. `drawn_log_probs_L` are those that the engine drew by, which may round otherwise.
    `causal_weights_L` is None until `weigh`."""

    prompt: Prompt
    text: str
    """The prompt as it came, before any template."""
    tokens_L: Tensor
    log_probs_L: Tensor
    entropies_L: Tensor
    value: float
    drawn_log_probs_L: Tensor
    causal_weights_L: Tensor | None = None


class StepStore:
    """Steps by id."""

    def __init__(self) -> None:
        self._steps: dict[int, KeptStep] = {}

    def __len__(self) -> int:
        return len(self._steps)

    def keep(self, step_id: int, step: KeptStep) -> None:
        """Raises WorkerError `known-step` when the id is taken: two steps must never share a name."""
        if step_id in self._steps:
            raise WorkerError("known-step", f"stepIds: expected new ids, got {step_id}, which is kept already")
        self._steps[step_id] = step

    def all(self) -> dict[int, KeptStep]:
        """Every step by its id, in the order they were kept."""
        return dict(self._steps)

    def steps(self, step_ids: Sequence[int]) -> list[KeptStep]:
        """Raises WorkerError `unknown-step` naming the first id that is not kept."""
        try:
            return [self._steps[step_id] for step_id in step_ids]
        except KeyError as error:
            raise WorkerError(
                "unknown-step", f"stepIds: expected ids that `act` kept, got {error.args[0]}, which is not"
            ) from None

    def forget(self, step_ids: Iterable[int] | None) -> None:
        """Drops the named steps, or all. Unknown ids are no error: forgetting twice is forgetting."""
        if step_ids is None:
            self._steps.clear()
        else:
            for step_id in step_ids:
                self._steps.pop(step_id, None)
