"""alfworld's oracle agent, which counts pixels as it does and takes a hundredth of the time."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coso_alfworld.thor.alfworld_parts import OPENABLE, OracleAgent

Color = tuple[int, int, int]


class Agent(OracleAgent):  # type: ignore[misc]
    """
    alfworld counts in a loop over 90,000 pixels, for a quarter of a second, at every look and for each receptacle of a
    room when a game begins. Names, texts and their order are those of OracleAgent, with which a test compares them.
    """

    def get_instance_seg(self) -> tuple[Counter[Color], dict[Color, str]]:
        event = self.env.last_event
        return _counted(event.instance_segmentation_frame), event.color_to_object_id

    def explore_scene(self) -> None:
        height = self.env.last_event.metadata["agent"]["position"]["y"]
        for x, z, rotation, horizon in self.openable_points.values():
            action = {
                "action": "TeleportFull",
                "x": x,
                "y": height,
                "z": z,
                "rotateOnTeleport": False,
                "rotation": rotation,
                "horizon": horizon,
            }
            if self.env.step(action).metadata["lastActionSuccess"]:
                self._note_receptacles(action)

    def _note_receptacles(self, action: dict[str, Any]) -> None:
        """A receptacle is best visited where most of its pixels are seen."""
        counts, names = self.get_instance_seg()
        for color, num_pixels in counts.most_common():
            object_id = names.get(color)
            if object_id is None:
                continue
            kind = object_id.split("|")[0] + ("Basin" if "Basin" in object_id else "")
            if kind not in self.STATIC_RECEPTACLES:
                continue
            if object_id not in self.receptacles:
                self.receptacles[object_id] = {
                    "object_id": object_id,
                    "object_type": kind,
                    "locs": action,
                    "num_pixels": num_pixels,
                    "num_id": f"{kind.lower()} {self.get_next_num_id(kind, self.receptacles)}",
                    "closed": True if kind in OPENABLE else None,
                }
            elif num_pixels > self.receptacles[object_id]["num_pixels"]:
                self.receptacles[object_id] |= {"locs": action, "num_pixels": num_pixels}


def _counted(frame: NDArray[np.uint8]) -> Counter[Color]:
    """Pixels of each color, in the order in which columns from the left, each from its top, first show them."""
    red, green, blue = (frame[:, :, channel].T.ravel().astype(np.int64) for channel in range(3))
    codes, first, counts = np.unique(red << 16 | green << 8 | blue, return_index=True, return_counts=True)
    found: Counter[Color] = Counter()
    # The order decides between equal counts, and so which of two things is number 1.
    for at in np.argsort(first):
        code = int(codes[at])
        found[code >> 16, code >> 8 & 255, code & 255] = int(counts[at])
    return found
