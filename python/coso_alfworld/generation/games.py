"""Games of our own, drawn from a seed, checked by the planner, and written in the official folder form."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from alfworld.info import ALFRED_PDDL_PATH, ALFRED_TWL2_PATH

from coso_alfworld.engines.engine import GameData
from coso_alfworld.errors import AlfworldError
from coso_alfworld.game_file import NAME
from coso_alfworld.generation.arrangement import Size, arrange
from coso_alfworld.generation.planning import plan_within
from coso_alfworld.generation.problem import problem
from coso_alfworld.generation.rooms import Room, Split, room, scenes
from coso_alfworld.generation.tasks import TASK_TYPES, Task, possible_tasks

TRIES = 50
PLANNING_SECONDS = 10.0
LONGEST_PLAN = 50
"""An episode's limit: a game that the expert cannot win in time is no game."""

_MARK = "UNKNOWN GOAL"


@dataclass(frozen=True)
class Drawn:
    room: Room
    task: Task
    data: GameData
    plan: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """The `index`-th game of a split; task types take turns, so that every split has all six."""

    split: Split
    index: int
    seed: int
    size: Size

    @property
    def task_type(self) -> str:
        return TASK_TYPES[self.index % len(TASK_TYPES)]

    @property
    def name(self) -> str:
        return f"{self.split}_{self.seed}_{self.index}"

    @property
    def trial(self) -> str:
        """The name of its folder, by which a run that was cut off finds what it has."""
        return f"trial_T{self.seed}_{self.size}_{self.index:05d}"


def draw(order: Order) -> Drawn:
    """The same order gives the same game, as long as no search comes near the planner's time limit."""
    random = Random(f"{order.name}_{order.size}")
    rooms = [each for each in map(room, scenes(order.split)) if possible_tasks(each, order.task_type)]
    for _ in range(TRIES):
        chosen = random.choice(rooms)
        task = random.choice(possible_tasks(chosen, order.task_type))
        arrangement = arrange(chosen, task, order.size, random)
        phrase = task.phrase(random)
        if arrangement is None:
            continue
        data = GameData(
            pddl_domain=Path(ALFRED_PDDL_PATH).read_text(),
            grammar=Path(ALFRED_TWL2_PATH).read_text().replace(_MARK, phrase),
            pddl_problem=problem(arrangement, task, f"plan_{order.name}"),
        )
        plan = plan_within(data, PLANNING_SECONDS)
        if plan is not None and len(plan) <= LONGEST_PLAN:
            return Drawn(chosen, task, data, plan)
    raise AlfworldError("no-game", f"{order.name}: none of {TRIES} draws was solved within {PLANNING_SECONDS:g} s each")


def write(order: Order, root: Path) -> tuple[Path, Drawn]:
    """Draws a game and writes it under `root`; the folder appears whole or not at all."""
    drawn = draw(order)
    task = drawn.task
    name = f"{task.type}-{task.object}-None-{task.target}-{drawn.room.scene}"
    folder = root / "json_2.1.1" / order.split / name / order.trial
    unfinished = folder.with_name(f".{folder.name}")
    unfinished.mkdir(parents=True, exist_ok=True)
    (unfinished / "traj_data.json").write_text(json.dumps(_trajectory(order, drawn), indent=2))
    (unfinished / NAME).write_text(json.dumps({**drawn.data, "solvable": True, "walkthrough": list(drawn.plan)}))
    unfinished.rename(folder)
    return folder, drawn


def write_logic(root: Path) -> None:
    """The domain and grammar, which official data holds beside its games."""
    folder = root / "logic"
    folder.mkdir(parents=True, exist_ok=True)
    for source in (Path(ALFRED_PDDL_PATH), Path(ALFRED_TWL2_PATH)):
        (folder / source.name).write_text(source.read_text())


def _trajectory(order: Order, drawn: Drawn) -> dict[str, object]:
    """What alfworld reads of ALFRED's trajectories; it knows "" for what a task lacks, and no null."""
    task = drawn.task
    return {
        "source": "coso-synthetic",
        "task_id": order.trial,
        "task_type": task.type,
        "pddl_params": {
            "object_target": task.object,
            "parent_target": task.receptacle or "",
            "toggle_target": "" if task.receptacle else task.target,
            "mrecep_target": "",
            "object_sliced": False,
        },
        "scene": {"floor_plan": f"FloorPlan{drawn.room.scene}", "scene_num": drawn.room.scene},
        "size": order.size,
        "turk_annotations": {"anns": []},
    }
