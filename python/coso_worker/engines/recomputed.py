"""The default engine's utterances with log-probs of training passes instead of those of sampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coso_worker.engines.engine import EngineHere
from coso_worker.engines.reading_again import read_again
from coso_worker.policies.policy import Policy, Prompt, Sampled, Sampling


class Recomputed(EngineHere):
    """An engine whose log-probs, entropies and values are those of training passes, beside what it drew by."""

    def __init__(self, engine: EngineHere, policy: Policy) -> None:
        self._engine = engine
        self._policy = policy

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        sampled = self._engine.sample(prompts, sampling)
        if not sampling.is_kept:
            return sampled
        again = read_again(self._policy, prompts, sampled.tokens, sampling.temperature)
        return replace(
            sampled,
            log_probs=again.log_probs,
            entropies=again.entropies,
            values_N=again.values_N,
            drawn_log_probs=sampled.log_probs,
        )
