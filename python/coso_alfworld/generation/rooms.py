"""Rooms as AI2-THOR furnishes them: receptacles at their places, and the kinds of object found there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from alfworld.gen import constants

Split = Literal["train", "valid_seen", "valid_unseen"]
Kind = Literal["Kitchen", "LivingRoom", "Bedroom", "Bathroom"]

STEP = 0.25
"""Metres between two points of AI2-THOR's grid, in which locations count."""


@dataclass(frozen=True)
class Receptacle:
    """`identity` is AI2-THOR's, such as `Fridge|-02.10|+00.00|+01.09`; `location` where an agent stands before it."""

    identity: str
    type: str
    location: tuple[int, int, int, int]

    @property
    def is_openable(self) -> bool:
        return self.type in constants.OPENABLE_CLASS_SET


@dataclass(frozen=True)
class Room:
    scene: int
    kind: Kind
    receptacles: tuple[Receptacle, ...]
    object_types: tuple[str, ...]
    has_desk_lamp: bool

    def holding(self, object_type: str) -> list[Receptacle]:
        """Receptacles that may hold an object of this type."""
        return [receptacle for receptacle in self.receptacles if can_contain(receptacle.type, object_type)]


def scenes(split: Split) -> list[int]:
    """Scene numbers of a split, as the ALFRED data divides them: rooms of `valid_unseen` are in no other split."""
    return sorted(constants.TEST_SCENE_NUMBERS if split == "valid_unseen" else constants.TRAIN_SCENE_NUMBERS)


def can_contain(receptacle_type: str, object_type: str) -> bool:
    return object_type in constants.VAL_RECEPTACLE_OBJECTS.get(receptacle_type, ())


@cache
def room(scene: int) -> Room:
    layouts = files("alfworld.gen") / "layouts"
    places = json.loads((layouts / f"FloorPlan{scene}-openable.json").read_text())
    present = json.loads((layouts / f"FloorPlan{scene}-objects.json").read_text())
    receptacles = [_receptacle(identity, pose) for identity, pose in sorted(places.items())]
    portable = {held for types in constants.VAL_RECEPTACLE_OBJECTS.values() for held in types}
    return Room(
        scene,
        next(kind for kind, numbers in constants.SCENE_TYPE.items() if scene in numbers),
        tuple(receptacle for receptacle in receptacles if receptacle.type in constants.VAL_RECEPTACLE_OBJECTS),
        tuple(sorted(portable.intersection(present))),
        "DeskLamp" in present,
    )


def _receptacle(identity: str, pose: list[float]) -> Receptacle:
    x, z, rotation, horizon = pose
    kind = identity.rsplit("|", 1)[-1] if identity.endswith("Basin") else identity.split("|", 1)[0]
    return Receptacle(identity, kind, (round(x / STEP), round(z / STEP), round(rotation / 90), round(horizon)))
