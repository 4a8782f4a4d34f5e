"""Games of our own: solvable, of all types, in the official form, in rooms of their split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")

from alfworld.agents.environment.alfred_tw_env import AlfredTWEnv

from coso_alfworld.engines.compiled import CompiledEngine
from coso_alfworld.engines.engine import GameData
from coso_alfworld.game_file import NAME, read_game
from coso_alfworld.generation.games import Order, draw, write
from coso_alfworld.generation.planning import plan_within
from coso_alfworld.generation.rooms import room, scenes
from coso_alfworld.generation.tasks import TASK_TYPES, possible_tasks


def test_alfworld_itself_takes_every_game(root: Path) -> None:
    config = {
        "env": {"goal_desc_human_anns_prob": 0, "task_types": [1, 2, 3, 4, 5, 6]},
        "dataset": {
            "data_path": str(root / "json_2.1.1" / "train"),
            "eval_ood_data_path": str(root / "json_2.1.1" / "valid_unseen"),
            "num_train_games": -1,
            "num_eval_games": -1,
        },
    }
    assert AlfredTWEnv(config, "train").num_games == len(TASK_TYPES)
    assert AlfredTWEnv(config, "eval_out_of_distribution").num_games == 1


def test_the_stored_walkthrough_wins_and_not_before_its_end(games: list[Path]) -> None:
    for game in games:
        engine = CompiledEngine()
        engine.load(read_game(game))
        engine.reset()
        walkthrough = json.loads(game.read_text())["walkthrough"]
        assert [engine.step(command).won for command in walkthrough] == [False] * (len(walkthrough) - 1) + [True]


def test_rooms_of_the_unseen_split_are_in_no_other() -> None:
    unseen = set(scenes("valid_unseen"))
    assert unseen.isdisjoint(scenes("train")) and unseen.isdisjoint(scenes("valid_seen"))
    assert len(unseen) == 24 and len(scenes("train")) == 96


def test_every_split_has_rooms_for_every_type() -> None:
    for split in ("train", "valid_unseen"):
        for kind in TASK_TYPES:
            assert any(possible_tasks(room(scene), kind) for scene in scenes(split)), (split, kind)


def test_the_same_order_gives_the_same_game_and_another_seed_another() -> None:
    order = Order("train", 4, 7, "small")
    assert draw(order).data == draw(order).data
    assert draw(Order("train", 4, 8, "small")).data != draw(order).data
    assert draw(Order("valid_seen", 4, 7, "small")).data != draw(order).data


def test_what_a_task_needs_lies_elsewhere_at_the_start(games: list[Path]) -> None:
    for game in games:
        params = json.loads((game.parent / "traj_data.json").read_text())["pddl_params"]
        engine = CompiledEngine()
        engine.load(read_game(game))
        begin = engine.reset()
        goal = params["parent_target"].lower()
        target = params["object_target"].lower()
        homes = [fact[2] for fact in begin.facts if fact[0] == "inreceptacle" and fact[1].split()[0] == target]
        assert homes and not begin.won
        assert goal not in {home.split()[0] for home in homes}


def test_a_full_room_has_more_of_everything() -> None:
    small, full = (draw(Order("train", 0, 3, size)).data["pddl_problem"] for size in ("small", "full"))
    assert full.count("inReceptacle") > 3 * small.count("inReceptacle")


def test_a_folder_appears_whole(tmp_path: Path) -> None:
    folder, _ = write(Order("valid_seen", 1, 0, "small"), tmp_path)
    assert sorted(each.name for each in folder.iterdir()) == [NAME, "traj_data.json"]
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]
    assert "null" not in (folder / "traj_data.json").read_text()


def test_a_goal_out_of_reach_has_no_plan(data: list[GameData]) -> None:
    broken = data[0] | {"pddl_problem": data[0]["pddl_problem"].replace("(pickupable ", "(moveable ")}
    assert plan_within(GameData(**broken), 5) is None


def test_a_search_is_ended_after_its_time(data: list[GameData]) -> None:
    assert plan_within(data[0], 0.001) is None
