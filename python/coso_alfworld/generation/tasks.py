"""What a game asks for: one of ALFWorld's six task types, with an object, a receptacle or a lamp."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from alfworld.gen import constants, goal_library

from coso_alfworld.generation.rooms import Receptacle, Room, can_contain

TASK_TYPES = (
    "pick_and_place_simple",
    "look_at_obj_in_light",
    "pick_clean_then_place_in_recep",
    "pick_heat_then_place_in_recep",
    "pick_cool_then_place_in_recep",
    "pick_two_obj_and_place",
)

TREATMENTS = {
    "pick_clean_then_place_in_recep": ("Cleanable", "SinkBasin"),
    "pick_heat_then_place_in_recep": ("Heatable", "Microwave"),
    "pick_cool_then_place_in_recep": ("Coolable", "Fridge"),
}
"""Of task types that treat their object: what the object has to be, and the receptacle that treats it."""

LAMP = "DeskLamp"
"""FloorLamp stands in no receptacle, and the goal asks for a lamp in one."""


@dataclass(frozen=True)
class Task:
    """`receptacle` is the goal's type, None for the lamp's task; `tool` the type of what treats the object."""

    type: str
    object: str
    receptacle: str | None
    tool: str | None

    @property
    def instances(self) -> int:
        """Objects of the type that the goal needs."""
        return 2 if self.type == "pick_two_obj_and_place" else 1

    @property
    def has_lamp(self) -> bool:
        return self.type == "look_at_obj_in_light"

    @property
    def target(self) -> str:
        """The type that folders name last: the goal's receptacle, or the lamp."""
        return self.receptacle or LAMP

    def goal(self) -> str:
        """The problem's goal in PDDL, with the parenthesis that closes the problem."""
        template: str = goal_library.gdict[self.type]["pddl"]
        return template.format(obj=self.object, recep=self.receptacle, toggle=LAMP).replace("#", "-")

    def phrase(self, random: Random) -> str:
        """One of the type's two templates, as the agent reads it."""
        template: str = random.choice(goal_library.gdict[self.type]["templates"])
        receptacle = self.receptacle or ""
        return template.format(obj=self.object.lower(), recep=receptacle.lower(), toggle=LAMP.lower())


def possible_tasks(room: Room, task_type: str) -> list[Task]:
    """Every task of a type that the room's furniture and objects allow."""
    if room.kind not in constants.GOALS_VALID[task_type]:
        return []
    kinds = sorted({receptacle.type for receptacle in room.receptacles})
    if task_type == "look_at_obj_in_light":
        has_place = room.has_desk_lamp and len(lamp_stands(room)) > 0
        return [Task(task_type, held, None, None) for held in _carried(room) if has_place]
    quality, tool = TREATMENTS.get(task_type, (None, None))
    if tool is not None and tool not in kinds:
        return []
    allowed = None if quality is None else constants.VAL_ACTION_OBJECTS[quality]
    return [
        Task(task_type, held, kind, tool)
        for held in _carried(room)
        if allowed is None or held in allowed
        for kind in kinds
        if kind != tool and can_contain(kind, held) and any(other.type != kind for other in room.holding(held))
    ]


def lamp_stands(room: Room) -> list[Receptacle]:
    """Receptacles on which a desk lamp may stand."""
    stands = {"Desk", "SideTable", "Dresser", "DiningTable", "CoffeeTable", "Shelf"}
    return [receptacle for receptacle in room.receptacles if receptacle.type in stands]


def _carried(room: Room) -> list[str]:
    """Types that some receptacle of the room holds, without slices, which need a knife first."""
    return [held for held in room.object_types if not held.endswith("Sliced") and room.holding(held)]
