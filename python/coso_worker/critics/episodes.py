"""What critics learn from: episodes, and the transitions in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coso_worker.step_store import KeptStep


@dataclass(frozen=True)
class View:
    """A state with the one before it, as DigiRL stacks frames; an episode's first state is its own predecessor."""

    before: KeptStep
    state: KeptStep


@dataclass(frozen=True)
class Transition:
    """s_t and s_{t+1}, and whether the return from t on is positive: the target of both, as in the reference."""

    state: View
    next: View
    success: bool


@dataclass(frozen=True)
class CriticEpisode:
    """`states` are T + 1: the steps, then what lies behind the last. `successes` are T."""

    instruction: str
    states: Sequence[KeptStep]
    successes: Sequence[bool]

    @property
    def transitions(self) -> list[Transition]:
        """One a step."""
        seen = views(self.states)
        return [Transition(seen[t], seen[t + 1], success) for t, success in enumerate(self.successes)]

    @property
    def success(self) -> bool:
        """Whether the last step's return is positive: the instruction-level critic's target, as in the reference."""
        return self.successes[-1]


def views(states: Sequence[KeptStep]) -> list[View]:
    """One a state, in an episode's order."""
    return [View(states[max(0, place - 1)], state) for place, state in enumerate(states)]
