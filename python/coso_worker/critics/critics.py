"""Both critics with their optimisers and what they read with."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from coso_worker.critics.episodes import views
from coso_worker.critics.features import Features
from coso_worker.critics.networks import InstructionCritic, StateCritic
from coso_worker.critics.text_encoder import TextEncoder
from coso_worker.distributed.ranks import ALONE, Ranks
from coso_worker.policies.policy import Policy
from coso_worker.step_store import KeptStep


class Critics:
    """A step-level and an instruction-level critic on a policy's features."""

    def __init__(
        self, policy: Policy, text_encoder: TextEncoder | None, *, width: int, seed: int, ranks: Ranks = ALONE
    ) -> None:
        """`width`: of each step-level head's hidden layers."""
        self._policy = policy
        self._ranks = ranks
        self._text_encoder = text_encoder
        text_size = 0 if text_encoder is None else text_encoder.hidden_size
        torch.manual_seed(seed)
        self.states = StateCritic(2 * policy.state_size + text_size, width).to(policy.device)
        self.instructions = InstructionCritic(text_size or policy.state_size).to(policy.device)
        self.state_optimiser = torch.optim.Adam(self.states.parameters(), lr=0.0)
        self.instruction_optimiser = torch.optim.Adam(self.instructions.parameters(), lr=0.0)

    @property
    def learned(self) -> nn.Module:
        """What a checkpoint holds."""
        return nn.ModuleDict({"states": self.states, "instructions": self.instructions})

    def features(self, micro_batch: int) -> Features:
        """What critics see of prompts with the present policy."""
        return Features(self._policy, self._text_encoder, micro_batch, self._ranks)

    def agree(self) -> None:
        """Has every rank go on with what rank 0 has learned. Each learns all by itself, for the networks are small; but
        sums on an accelerator may differ in their last bits."""
        moments = [
            value
            for optimiser in (self.state_optimiser, self.instruction_optimiser)
            for state in optimiser.state.values()
            for value in state.values()
        ]
        self._ranks.adopt([*self.learned.state_dict().values(), *moments])

    @torch.no_grad()
    def value_states(self, episodes: Sequence[Sequence[KeptStep]], micro_batch: int) -> Tensor:
        """V of all states of all episodes, one episode's after another's, float32 [Σ(T + 1)], on the CPU."""
        features_NF = self.features(micro_batch).of_views([view for states in episodes for view in views(states)])
        return self.states.values(features_NF).cpu()

    @torch.no_grad()
    def value_instructions(self, instructions: Sequence[str], micro_batch: int) -> Tensor:
        """P(success) of each, float32 [N], on the CPU."""
        return self.instructions.values(self.features(micro_batch).of_instructions(instructions)).cpu()
