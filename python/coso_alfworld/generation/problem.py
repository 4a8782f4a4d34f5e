"""A game's PDDL problem, in the words of ALFRED's domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alfworld.gen import constants

from coso_alfworld.generation.arrangement import Arrangement
from coso_alfworld.generation.rooms import can_contain
from coso_alfworld.generation.tasks import LAMP, Task


def problem(arrangement: Arrangement, task: Task, name: str) -> str:
    """The whole text; identities are written as ALFRED writes them, `|` as `_bar_` and so on."""
    receptacles, objects = arrangement.receptacles, arrangement.objects
    receptacle_types = sorted({each.type for each in receptacles})
    object_types = sorted({each.type for each in objects})
    locations = sorted({each.location for each in receptacles} | {arrangement.start})
    declared = [
        "agent1 - agent",
        *(f"{kind}Type - otype" for kind in object_types),
        *(f"{kind}Type - rtype" for kind in receptacle_types),
        *(f"{_symbol(each.identity)} - object" for each in objects),
        *(f"{_symbol(each.identity)} - receptacle" for each in receptacles),
        *(f"{_location(each)} - location" for each in locations),
    ]
    facts = [
        "= (total-cost) 0",
        f"atLocation agent1 {_location(arrangement.start)}",
        *(f"receptacleType {_symbol(each.identity)} {each.type}Type" for each in receptacles),
        *(f"receptacleAtLocation {_symbol(each.identity)} {_location(each.location)}" for each in receptacles),
        *(f"openable {_symbol(each.identity)}" for each in receptacles if each.is_openable),
        *(f"objectType {_symbol(each.identity)} {each.type}Type" for each in objects),
        *(f"inReceptacle {_symbol(each.identity)} {_symbol(each.receptacle.identity)}" for each in objects),
        *(f"objectAtLocation {_symbol(each.identity)} {_location(each.receptacle.location)}" for each in objects),
        *(f"canContain {r}Type {o}Type" for r in receptacle_types for o in object_types if can_contain(r, o)),
        *_about(arrangement, "pickupable", lambda kind: kind != LAMP),
        *_about(arrangement, "isReceptacleObject", lambda kind: kind in constants.MOVABLE_RECEPTACLES_SET),
        *(
            fact
            for quality in ("Cleanable", "Heatable", "Coolable", "Toggleable", "Sliceable")
            for fact in _about(arrangement, quality.lower(), constants.VAL_ACTION_OBJECTS[quality].__contains__)
        ),
    ]
    return "\n".join(
        [
            f"(define (problem {name})",
            "    (:domain alfred)",
            _section("objects", declared),
            _section("init", [f"({fact})" for fact in facts]),
            task.goal(),
        ]
    )


def _about(arrangement: Arrangement, predicate: str, applies: Callable[[str], bool]) -> list[str]:
    return [f"{predicate} {_symbol(each.identity)}" for each in arrangement.objects if applies(each.type)]


def _section(name: str, lines: Sequence[str]) -> str:
    return "\n".join([f"    (:{name}", *(f"        {line}" for line in lines), "    )"])


def _location(point: tuple[int, int, int, int]) -> str:
    return _symbol("loc|" + "|".join(str(part) for part in point))


def _symbol(identity: str) -> str:
    for mark, word in (("-", "_minus_"), ("|", "_bar_"), ("+", "_plus_"), (".", "_dot_"), (",", "_comma_")):
        identity = identity.replace(mark, word)
    return identity
