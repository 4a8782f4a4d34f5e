"""Which of a room's receptacles a game has, and which objects lie where when it begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from coso_alfworld.generation.rooms import Receptacle, Room
from coso_alfworld.generation.tasks import LAMP, Task, lamp_stands

Size = Literal["small", "full"]

RECEPTACLES: dict[Size, int] = {"small": 6, "full": 40}
"""At most so many, those that the task needs among them."""
OTHER_TYPES: dict[Size, int] = {"small": 2, "full": 12}
"""Types of object beside the task's own."""
INSTANCES: dict[Size, int] = {"small": 1, "full": 3}
"""At most so many objects of one type, where the task does not need more."""


@dataclass(frozen=True)
class Placed:
    """An object, named as AI2-THOR names one, where it lies at the start."""

    identity: str
    type: str
    receptacle: Receptacle


@dataclass(frozen=True)
class Arrangement:
    receptacles: tuple[Receptacle, ...]
    objects: tuple[Placed, ...]
    start: tuple[int, int, int, int]
    """Where the agent begins: before no receptacle, since a start before one reads as having arrived there."""


def arrange(room: Room, task: Task, size: Size, random: Random) -> Arrangement | None:
    """An arrangement in which the task is not done yet; None where the receptacles have no place for its objects."""
    receptacles = _chosen(room, task, size, random)
    objects: list[Placed] = []
    homes = [home for home in _holding(receptacles, room, task.object) if home.type != task.receptacle]
    if not homes:
        return None
    for _ in range(max(task.instances, random.randint(1, INSTANCES[size]))):
        objects.append(_placed(task.object, random.choice(homes), objects))
    if task.has_lamp:
        stands = [home for home in lamp_stands(room) if home in receptacles]
        objects.append(_placed(LAMP, random.choice(stands), objects))
    others = [kind for kind in room.object_types if kind != task.object and not kind.endswith("Sliced")]
    for kind in random.sample(others, min(len(others), OTHER_TYPES[size])):
        places = _holding(receptacles, room, kind)
        for _ in range(random.randint(1, INSTANCES[size]) if places else 0):
            objects.append(_placed(kind, random.choice(places), objects))
    return Arrangement(tuple(receptacles), tuple(objects), _free_location(room))


def _chosen(room: Room, task: Task, size: Size, random: Random) -> list[Receptacle]:
    """What the task needs first, then others; in the room's order."""
    wanted: list[list[Receptacle]] = []
    if task.receptacle is not None:
        wanted.append([each for each in room.receptacles if each.type == task.receptacle])
    if task.tool is not None:
        wanted.append([each for each in room.receptacles if each.type == task.tool])
    if task.has_lamp:
        wanted.append(lamp_stands(room))
    wanted.append([each for each in room.holding(task.object) if each.type != task.receptacle])
    chosen = {random.choice(choices) for choices in wanted}
    others = [each for each in room.receptacles if each not in chosen]
    spare = max(0, RECEPTACLES[size] - len(chosen))
    chosen.update(random.sample(others, min(len(others), spare)))
    return [each for each in room.receptacles if each in chosen]


def _holding(receptacles: Iterable[Receptacle], room: Room, kind: str) -> list[Receptacle]:
    able = set(room.holding(kind))
    return [each for each in receptacles if each in able]


def _placed(kind: str, home: Receptacle, before: list[Placed]) -> Placed:
    """Named after its receptacle's coordinates, as AI2-THOR names one after its own; a count keeps names apart."""
    nth = sum(1 for other in before if other.type == kind)
    coordinates = [part for part in home.identity.split("|") if part[:1] in "+-0"]
    return Placed("|".join([kind, *coordinates[:2], f"+{nth:02d}.00"]), kind, home)


def _free_location(room: Room) -> tuple[int, int, int, int]:
    """A point further out than any receptacle's."""
    x = max(receptacle.location[0] for receptacle in room.receptacles) + 1
    z = max(receptacle.location[1] for receptacle in room.receptacles) + 1
    return (x, z, 0, 30)
