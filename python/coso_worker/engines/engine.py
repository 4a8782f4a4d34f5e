"""What the worker asks of whatever says the utterances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from coso_worker.policies.policy import Prompt, Sampled, Sampling


class RolloutEngine(Protocol):
    """Samples from the present policy."""

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        """An utterance for each prompt, with log-probs, entropies and values of the policy that learns."""
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
