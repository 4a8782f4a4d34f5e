"""What a room holds, as Unity's metadata describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OPENABLE = {"Fridge", "Cabinet", "Microwave", "Drawer", "Safe", "Box"}
TOGGLEABLE = {"Faucet", "Microwave", "DeskLamp", "FloorLamp"}
DIRTYABLE = {"Mug", "Plate", "Bowl", "Cup", "Cloth", "Pan", "Pot"}

Position = tuple[float, float, float]


@dataclass
class Thing:
    """A receptacle, or an object; `place` is the receptacle that an object is in."""

    id: str
    type: str
    position: Position
    receptacle: bool = False
    pickupable: bool = False
    place: Thing | None = None
    held: bool = False
    states: dict[str, bool] = field(default_factory=lambda: {"isOpen": False, "isToggled": False, "isDirty": False})

    def metadata(self, contents: list[Thing], *, visible: bool) -> dict[str, Any]:
        x, y, z = self.position
        return {
            "name": self.id,
            "objectId": self.id,
            "objectType": self.type,
            "position": {"x": x, "y": y, "z": z},
            "visible": visible,
            "receptacle": self.receptacle,
            "pickupable": self.pickupable,
            "openable": self.type in OPENABLE,
            "toggleable": self.type in TOGGLEABLE,
            "dirtyable": self.type in DIRTYABLE,
            "sliceable": False,
            "isPickedUp": self.held,
            "receptacleObjectIds": [each.id for each in contents] if self.receptacle else None,
            "parentReceptacles": None if self.place is None else [self.place.id],
            **self.states,
        }


def static_thing(object_id: str) -> Thing:
    """A receptacle of a layout, by its id: `Sink|-01.90|+00.97|-01.50|SinkBasin`."""
    kind, x, y, z, *part = object_id.split("|")
    return Thing(object_id, part[0] if part else kind, (float(x), float(y), float(z)), receptacle=True)


def id_at(kind: str, position: Position) -> str:
    """As AI2-THOR names what is spawned: by where."""
    return "|".join([kind, *(f"{each:+06.2f}" for each in position)])
