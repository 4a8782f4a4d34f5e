"""alfworld's handcoded expert for AI2-THOR, fed in the wording that it knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coso_alfworld.thor.alfworld_parts import HandCodedAgentFailed, HandCodedAgentTimeout, HandCodedThorAgent, ThorEnv
from coso_alfworld.thor.commands import move_wording, put_wording

_MAX_STEPS = 200
"""As AlfredThorEnv has it."""

_IN_DOUBT = "look"
"""What AlfredThorEnv has the expert do first, and where it has no admissible idea."""


class Expert:
    """
    Follows every step, since it goes by what it has seen. It works by rules of thumb: it may fail, or take more than
    50 steps.
    """

    def __init__(self, env: ThorEnv, trajectory: Path, introduction: str) -> None:
        self._agent: Any = HandCodedThorAgent(env, max_steps=_MAX_STEPS)
        self._agent.reset(str(trajectory))
        self._agent.observe(introduction)
        self.command: str | None = _IN_DOUBT
        """What it would do now; None where it has given up."""

    def follow(self, command: str, text: str, admissible: Sequence[str], *, is_won: bool) -> None:
        """`command` was played, and `text` the answer."""
        state = {"admissible_commands": [put_wording(each) for each in admissible], "feedback": text, "won": is_won}
        try:
            chosen = move_wording(self._agent.act(state, 0, is_won, put_wording(command)))
        except (HandCodedAgentTimeout, HandCodedAgentFailed):
            self.command = None
        except Exception:
            # Its rules of thumb index into what they expect to see; AlfredThorEnv goes on here, too.
            self.command = _IN_DOUBT
        else:
            self.command = chosen if chosen in admissible else _IN_DOUBT
