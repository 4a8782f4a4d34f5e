"""A room that obeys AI2-THOR's actions, and refuses those that cannot be."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import alfworld.gen

from scripted_unity.things import Thing, id_at, static_thing

Pose = tuple[float, float, float, float]
"""x, z, rotation, horizon."""

LAMPS = {"Desk": "DeskLamp"}
"""What stands on a receptacle of that type from the beginning."""

_LAYOUTS = Path(alfworld.gen.__path__[0]) / "layouts"


class Refused(Exception):
    """An action that fails, with Unity's reason."""


class Unknown(Exception):
    """An action that there is none of."""


class Room:
    """A scene; `poses` are those from which each receptacle is seen."""

    def __init__(self, scene: str) -> None:
        points = json.loads((_LAYOUTS / f"{scene.removesuffix('_physics')}-openable.json").read_text())
        self.scene = scene
        self.poses: dict[str, Pose] = {key: tuple(point) for key, point in points.items()}
        self.things = {key: static_thing(key) for key in points}
        self.pose: Pose = (0.0, 0.0, 0.0, 0.0)
        for place in list(self.things.values()):
            if place.type == "SinkBasin":
                self._add("Faucet", place, pickupable=False)
            for kind in (LAMPS[place.type],) if place.type in LAMPS else ():
                self._add(kind, place, pickupable=False)

    def act(self, action: Mapping[str, Any]) -> None:
        """Raises Refused, or Unknown."""
        name = str(action["action"])
        carry_out = getattr(self, f"_do_{name}", None)
        if carry_out is None:
            raise Unknown(f"Invalid action: {name}")
        carry_out(action)

    def contents(self, place: Thing) -> list[Thing]:
        return [each for each in self.things.values() if each.place is place]

    def seen(self) -> list[Thing]:
        """From where the agent stands: receptacles, what is in or on them unless they are shut, and what it holds."""
        places = [self.things[key] for key, pose in self.poses.items() if pose == self.pose]
        within = [each for place in places if not self._is_shut(place) for each in self.contents(place)]
        return [*places, *within, *self.held()]

    def held(self) -> list[Thing]:
        return [each for each in self.things.values() if each.held]

    def _is_shut(self, place: Thing) -> bool:
        openable: bool = place.metadata([], visible=True)["openable"]
        return openable and not place.states["isOpen"]

    def _add(self, kind: str, place: Thing, *, pickupable: bool) -> Thing:
        x, y, z = place.position
        # Beside what is there already: ids are positions.
        position = (round(x + 0.01 * len(self.contents(place)), 2), round(y + 0.1, 2), z)
        thing = Thing(id_at(kind, position), kind, position, pickupable=pickupable, place=place)
        self.things[thing.id] = thing
        return thing

    def _visible(self, key: str) -> Thing:
        thing = self.things.get(key)
        if thing is None or thing not in self.seen():
            raise Refused(f"{key} is not visible")
        return thing

    def _do_Initialize(self, _: Mapping[str, Any]) -> None: ...

    def _do_Pass(self, _: Mapping[str, Any]) -> None: ...

    def _do_SetObjectToggles(self, action: Mapping[str, Any]) -> None:
        for toggle in action["objectToggles"]:
            for thing in self.things.values():
                if thing.type == toggle["objectType"]:
                    thing.states["isToggled"] = toggle["isOn"]

    def _do_SetStateOfAllObjects(self, action: Mapping[str, Any]) -> None:
        if action["StateChange"] == "CanBeDirty":
            for thing in self.things.values():
                thing.states["isDirty"] = bool(thing.metadata([], visible=True)["dirtyable"]) and action["forceAction"]

    def _do_SetObjectPoses(self, action: Mapping[str, Any]) -> None:
        """Objects lie in the receptacle that is nearest to where they are put."""
        for pose in action["objectPoses"]:
            where = (pose["position"]["x"], pose["position"]["y"], pose["position"]["z"])
            places = [each for each in self.things.values() if each.receptacle]
            nearest = min(places, key=lambda place: math.dist(place.position, where))
            self._add(pose["objectName"].split("_")[0], nearest, pickupable=True)

    def _do_TeleportFull(self, action: Mapping[str, Any]) -> None:
        self.pose = (action["x"], action["z"], action["rotation"]["y"], action["horizon"])

    def _do_OpenObject(self, action: Mapping[str, Any]) -> None:
        self._turn(action, "openable", "isOpen", on=True)

    def _do_CloseObject(self, action: Mapping[str, Any]) -> None:
        self._turn(action, "openable", "isOpen", on=False)

    def _do_ToggleObjectOn(self, action: Mapping[str, Any]) -> None:
        if (thing := self.things.get(action["objectId"])) and thing.type == "Microwave" and thing.states["isOpen"]:
            raise Refused("Target must be closed to toggle on")
        self._turn(action, "toggleable", "isToggled", on=True)

    def _do_ToggleObjectOff(self, action: Mapping[str, Any]) -> None:
        self._turn(action, "toggleable", "isToggled", on=False)

    def _turn(self, action: Mapping[str, Any], able: str, state: str, *, on: bool) -> None:
        thing = self._visible(action["objectId"])
        if not thing.metadata([], visible=True)[able] or thing.states[state] == on:
            raise Refused(f"{thing.id} is not {able}, or is so already")
        thing.states[state] = on

    def _do_PickupObject(self, action: Mapping[str, Any]) -> None:
        thing = self._visible(action["objectId"])
        if self.held() or not thing.pickupable:
            raise Refused(f"{thing.id} cannot be picked up, or a hand is not free")
        thing.held, thing.place = True, None

    def _do_PutObject(self, action: Mapping[str, Any]) -> None:
        thing = self.things.get(action["objectId"])
        place = self._visible(action["receptacleObjectId"])
        if thing is None or not thing.held or not place.receptacle or self._is_shut(place):
            raise Refused(f"{action['objectId']} cannot be put into {place.id}")
        thing.held, thing.place = False, place

    def _do_CleanObject(self, action: Mapping[str, Any]) -> None:
        self.things[action["objectId"]].states["isDirty"] = False
