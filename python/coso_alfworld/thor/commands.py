"""Between the commands of alfworld 0.4, which moves things, and its agent in AI2-THOR, whose parser still puts them."""

from __future__ import annotations

import re

_MOVE = re.compile(r"^move (?P<thing>.+) to (?P<place>.+)$")
_PUT = re.compile(r"^put (?P<thing>.+) (?:in/on|in|on) (?P<place>.+)$")


def put_wording(command: str) -> str:
    """`move mug 1 to desk 2` as `put mug 1 in/on desk 2`, whichever of the two it is in; any other command as it is."""
    match = _MOVE.match(command) or _PUT.match(command)
    return command if match is None else f"put {match['thing']} in/on {match['place']}"


def move_wording(command: str) -> str:
    """The other way: the wording in which worlds list a command as admissible."""
    match = _PUT.match(command)
    return command if match is None else f"move {match['thing']} to {match['place']}"
