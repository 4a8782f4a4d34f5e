"""Sampling in shares: each rank speaks for its rows of a request, and hears what the others said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from coso_worker.distributed.ranks import Ranks
from coso_worker.engines.engine import EngineHere
from coso_worker.policies.policy import Prompt, Sampled, Sampling


class SharedEngine(EngineHere):
    """Each rank's engine, over its share of the prompts. A row's draws are its own, so that utterances are those of one
    process but for rounding."""

    def __init__(self, engine: EngineHere, ranks: Ranks) -> None:
        self._engine = engine
        self._ranks = ranks

    def sample(self, prompts: Sequence[Prompt], sampling: Sampling) -> Sampled:
        """What all ranks said, on every rank."""
        own = self._ranks.share(len(prompts))
        rows = slice(own.start, own.stop)
        draws_NL = None if sampling.draws_NL is None else sampling.draws_NL[rows]
        said = (
            self._engine.sample(prompts[rows], replace(sampling, draws_NL=draws_NL))
            if len(own) > 0
            else Sampled([], [], [], [], torch.zeros(0))
        )
        drawn = said.log_probs if said.drawn_log_probs is None else said.drawn_log_probs
        join = self._ranks.join_tensors
        return Sampled(
            tokens=join(said.tokens, torch.int64),
            log_probs=join(said.log_probs, torch.float32),
            entropies=join(said.entropies, torch.float32),
            finished=self._ranks.join_rows(said.finished, list[bool]),
            values_N=torch.cat(join(list(said.values_N.split(1)), torch.float32)),
            drawn_log_probs=join(drawn, torch.float32),
        )
