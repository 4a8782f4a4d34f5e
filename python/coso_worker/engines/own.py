"""The default engine: the policy that learns, in this process."""

from __future__ import annotations

from collections.abc import Sequence

from coso_worker.engines.engine import EngineHere
from coso_worker.policies.policy import Policy, Prompt, Sampled, Sampling


class OwnEngine(EngineHere):
    """Samples with the weights that learn, so that nothing is ever handed over."""

    def __init__(self, policy: Policy, *, slots: int) -> None:
        self._policy = policy
        self._slots = slots

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        return self._policy.sample(prompts, sampling, slots=self._slots)
