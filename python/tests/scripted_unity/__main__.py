"""The program that stands where ai2thor keeps its Unity build; it is started with Unity's arguments and environment."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

from scripted_unity.room import Refused, Room, Unknown
from scripted_unity.view import boxes, color_of, photograph, segmentation
from scripted_unity.wire import Server

_FIRST_SCENE = "FloorPlan28_physics"
_OK = ("", "")


class Unity:
    """A room and its camera."""

    def __init__(self, side: int) -> None:
        self._side = side
        self._room = Room(_FIRST_SCENE)
        self._last = "Initialize"
        self._error = _OK

    def act(self, action: Mapping[str, Any]) -> None:
        self._last, self._error = str(action["action"]), _OK
        if self._last == "Reset":
            self._room = Room(str(action["sceneName"]))
            return
        try:
            self._room.act(action)
        except Refused as refused:
            self._error = ("", str(refused))
        except Unknown as unknown:
            self._error = ("InvalidAction", str(unknown))

    def event(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """An agent's metadata and its images, whose rows are from the bottom."""
        room, seen = self._room, self._room.seen()
        found = boxes(seen, self._side)
        segmented = segmentation(found, self._side)
        code, message = self._error
        x, z, rotation, horizon = room.pose
        metadata = {
            "screenWidth": self._side,
            "screenHeight": self._side,
            "sceneName": room.scene,
            "lastAction": self._last,
            "lastActionSuccess": message == "",
            "errorCode": code,
            "errorMessage": message,
            "agent": {
                "position": {"x": x, "y": 0.9, "z": z},
                "rotation": {"x": 0.0, "y": rotation, "z": 0.0},
                "cameraHorizon": horizon,
            },
            "inventoryObjects": [{"objectId": each.id, "objectType": each.type} for each in room.held()],
            "objects": [each.metadata(room.contents(each), visible=each in seen) for each in room.things.values()],
            "colors": [{"name": each.id, "color": color_of(each.id)} for each in room.things.values()],
            "colorBounds": [
                {"color": color_of(key), "bounds": [left, self._side - bottom, right, self._side - top]}
                for key, (left, top, right, bottom) in found.items()
            ],
            "thirdPartyCameras": None,
        }
        images = {"image": photograph(segmented, seen), "image_ids": segmented}
        return metadata, {name: pixels[::-1].tobytes() for name, pixels in images.items()}


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-screen-width", type=int, required=True)
    side = parser.parse_known_args()[0].screen_width
    server = Server("127.0.0.1", int(os.environ["AI2THOR_PORT"]), os.environ["AI2THOR_CLIENT_TOKEN"])
    unity, sequence = Unity(side), 0
    try:
        while True:
            metadata, images = unity.event()
            action = server.post({"agents": [metadata], "activeAgentId": 0, "sequenceId": sequence}, images)
            if "action" not in action:
                return
            sequence = action["sequenceId"]
            unity.act(action)
    except ConnectionError as lost:
        sys.stderr.write(f"{lost}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
