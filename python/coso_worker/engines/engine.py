"""What the worker asks of whatever says the utterances."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from coso_worker.errors import BadRequestError
from coso_worker.policies.policy import Prompt, Sampled, Sampling


class Saying(Protocol):
    """Utterances in the making."""

    def is_said(self, wait_seconds: float = 0.0) -> bool:
        """Whether `result` has nothing to wait for, now or within some time."""
        ...

    def result(self) -> Sampled:
        """Waits for them. To be called once."""
        ...


class RolloutEngine(Protocol):
    """Samples from the policy that learns, or from a copy of it."""

    def begin(self, prompts: Sequence[Prompt], sampling: Sampling, *, is_present: bool = True) -> Saying:
        """An utterance for each prompt, with log-probs, entropies and values of the policy that learns. Requests are
        answered in their order. With `is_present` by the present policy; else by the one that a copy still is."""
        ...

    def policy_changed(self) -> None:
        """The policy's weights are others now: those of an update, of SFT, of a checkpoint."""
        ...

    def rest(self) -> None:
        """Nothing is sampled until learning is over: what it needs of an accelerator is free until the next sample."""
        ...

    def close(self) -> None:
        """Gives back what it holds outside this process; may be called again."""
        ...


@dataclass(frozen=True)
class Said:
    """Utterances that are there already."""

    sampled: Sampled

    def is_said(self, wait_seconds: float = 0.0) -> bool:
        return True

    def result(self) -> Sampled:
        return self.sampled


class EngineHere(ABC):
    """An engine that samples with the weights that learn, while it is asked: there is no copy, and nothing is held."""

    @abstractmethod
    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        """An utterance for each prompt."""

    def begin(self, prompts: Sequence[Prompt], sampling: Sampling, *, is_present: bool = True) -> Saying:
        if not is_present:
            raise BadRequestError(
                "act.policy: expected 'present' of an engine that holds no copy, got 'held'; set "
                "worker.engine.ownProcess true"
            )
        return Said(self.sample(prompts, sampling))

    def policy_changed(self) -> None:
        return

    def rest(self) -> None:
        return

    def close(self) -> None:
        return
