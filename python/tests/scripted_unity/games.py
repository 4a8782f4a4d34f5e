"""Games in the form of the official data, a small one of each kind, in rooms with few receptacles."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import alfworld.gen

from scripted_unity.things import Position, static_thing


@dataclass(frozen=True)
class Scripted:
    """`where` holds, for each object, its type and the receptacle that it lies in, as `SinkBasin` or `Cabinet 2`."""

    type: str
    object: str
    target: str
    scene: int
    where: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        return f"{self.type}-{self.object}-None-{self.target}-{self.scene}/trial_T00"


GAMES = (
    Scripted("pick_and_place_simple", "SoapBar", "SideTable", 419, (("SoapBar", "SinkBasin"), ("Cloth", "SideTable"))),
    Scripted("pick_two_obj_and_place", "Cloth", "SideTable", 419, (("Cloth", "SinkBasin"), ("Cloth", "BathtubBasin"))),
    Scripted("look_at_obj_in_light", "Book", "DeskLamp", 304, (("Book", "Bed"), ("Pencil", "Desk"))),
    Scripted("pick_clean_then_place_in_recep", "Mug", "Cabinet", 14, (("Mug", "Fridge"), ("Egg", "CounterTop"))),
    Scripted("pick_heat_then_place_in_recep", "Mug", "CounterTop", 14, (("Mug", "Cabinet 2"), ("Apple", "Fridge"))),
    Scripted("pick_cool_then_place_in_recep", "Apple", "Microwave", 14, (("Apple", "SinkBasin"), ("Egg", "Fridge"))),
)


def write_games(data: Path, split: str = "train") -> list[Path]:
    """Returns the games' files, in the order of GAMES."""
    return [_write(game, data / "json_2.1.1" / split) for game in GAMES]


def _write(game: Scripted, root: Path) -> Path:
    folder = root / game.name
    folder.mkdir(parents=True)
    is_lamp = game.type == "look_at_obj_in_light"
    trajectory = {
        "task_id": "trial_T00",
        "task_type": game.type,
        "pddl_params": {
            "object_target": game.object,
            "parent_target": "" if is_lamp else game.target,
            "toggle_target": game.target if is_lamp else "",
            "mrecep_target": "",
            "object_sliced": False,
        },
        "plan": {"high_pddl": [], "low_actions": []},
        "scene": {
            "floor_plan": f"FloorPlan{game.scene}",
            "scene_num": game.scene,
            "dirty_and_empty": game.type == "pick_clean_then_place_in_recep",
            "object_poses": [_pose(kind, _position(game.scene, place)) for kind, place in game.where],
            "object_toggles": [{"objectType": "DeskLamp", "isOn": False}],
            "init_action": {
                "action": "TeleportFull",
                "x": 0.0,
                "y": 0.9,
                "z": 0.0,
                "rotation": 0,
                "horizon": 30,
                "rotateOnTeleport": True,
            },
        },
        "turk_annotations": {"anns": []},
    }
    (folder / "traj_data.json").write_text(json.dumps(trajectory))
    file = folder / "game.tw-pddl"
    # A way to win that the text world's numbering of things would give, which is not this world's.
    file.write_text(json.dumps({"solvable": True, "walkthrough": ["go to nowhere 1"]}))
    return file


def _pose(kind: str, position: Position) -> dict[str, Any]:
    x, y, z = position
    return {"objectName": f"{kind}_{x:.2f}", "position": {"x": x, "y": y, "z": z}, "rotation": {"x": 0, "y": 0, "z": 0}}


def _position(scene: int, place: str) -> Position:
    layout = Path(alfworld.gen.__path__[0]) / "layouts" / f"FloorPlan{scene}-openable.json"
    kind, _, number = place.partition(" ")
    alike = [each for each in map(static_thing, json.loads(layout.read_text())) if each.type == kind]
    return alike[int(number or 1) - 1].position
