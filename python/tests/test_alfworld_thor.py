"""Visual worlds on ai2thor's own server and controller and alfworld's own classes; Unity alone is scripted."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thor_machine import SERVE, ThorMachine, call, python_on

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")
pytest.importorskip("ai2thor", reason="needs pip install --no-deps -r python/requirements-thor.txt")

from coso_alfworld.errors import AlfworldError
from coso_alfworld.thor.commands import move_wording, put_wording
from coso_alfworld.thor.prerequisites import all_prerequisites, build_path
from coso_alfworld.thor.worlds import VisualWorlds
from scripted_unity.games import GAMES

PLACE, _TWO, LAMP, CLEAN, HEAT, COOL = range(len(GAMES))


@pytest.fixture(scope="module")
def worlds(thor_machine: ThorMachine) -> Iterator[VisualWorlds]:
    """One Unity for all tests of this file, begun anew by each with a game of its own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in thor_machine.environment.items():
            patch.setenv(name, value)
        worlds = VisualWorlds()
        yield worlds
        worlds.close("a")


def reset(worlds: VisualWorlds, machine: ThorMachine, game: int, commands: tuple[str, ...] = ()) -> dict[str, Any]:
    return worlds.reset("a", str(machine.games[game]), commands)


def pixels(turn: dict[str, Any]) -> np.ndarray[Any, Any]:
    frame = turn["frame"]
    return np.frombuffer(base64.b64decode(frame["rgb"]), np.uint8).reshape(frame["height"], frame["width"], 3)


@pytest.mark.parametrize("game", range(len(GAMES)), ids=[game.type for game in GAMES])
def test_the_handcoded_expert_wins_every_type_of_task(
    worlds: VisualWorlds, thor_machine: ThorMachine, game: int
) -> None:
    turn = reset(worlds, thor_machine, game)
    rates = [turn["goalConditionRate"]]
    for _ in range(50):
        (command,) = worlds.plan("a")["commands"]
        assert command in turn["admissible"]
        turn = worlds.step("a", command)
        rates.append(turn["goalConditionRate"])
        if turn["won"]:
            break
    assert turn["won"] and rates[0] == 0 and rates[-1] == 1 and rates == sorted(rates)


def test_a_heat_episode_goes_through_the_microwave(worlds: VisualWorlds, thor_machine: ThorMachine) -> None:
    reset(worlds, thor_machine, HEAT)
    for command, answer, rate in [
        ("go to cabinet 2", "You arrive at loc 1. The cabinet 2 is closed. ", 0),
        ("open cabinet 2", "You open the cabinet 2. The cabinet 2 is open. In it, you see a mug 1.", 0),
        ("take mug 1 from cabinet 2", "You pick up the mug 1 from the cabinet 2.", 0),
        ("heat mug 1 with microwave 1", "Nothing happens.", 0),
        ("go to microwave 1", "You arrive at loc 7. The microwave 1 is closed. ", 0),
        ("heat mug 1 with microwave 1", "You heat the mug 1 using the microwave 1.", 1 / 3),
        ("examine mug 1", "This is a hot mug 1.", 1 / 3),
        ("go to countertop 1", "You arrive at loc 4. On the countertop 1, you see nothing.", 1 / 3),
        ("move mug 1 to countertop 1", "You put the mug 1 in/on the countertop 1.", 1),
    ]:
        turn = worlds.step("a", command)
        assert (turn["text"], turn["goalConditionRate"]) == (answer, pytest.approx(rate)), command
    assert turn["won"]


def test_moving_and_putting_are_the_same_and_only_moving_is_listed(
    worlds: VisualWorlds, thor_machine: ThorMachine
) -> None:
    taken = ("go to sinkbasin 1", "take soapbar 1 from sinkbasin 1", "go to sidetable 1")
    admissible = reset(worlds, thor_machine, PLACE, taken)["admissible"]
    assert "move soapbar 1 to sidetable 1" in admissible and not any("put " in each for each in admissible)
    moved = worlds.step("a", "move soapbar 1 to sidetable 1")
    reset(worlds, thor_machine, PLACE, taken)
    assert worlds.step("a", "put soapbar 1 in/on sidetable 1") == moved and moved["won"]


def test_the_frame_is_what_is_seen_from_where_the_agent_stands(worlds: VisualWorlds, thor_machine: ThorMachine) -> None:
    begun = pixels(reset(worlds, thor_machine, LAMP))
    at_bed = pixels(worlds.step("a", "go to bed 1"))
    at_desk = pixels(worlds.step("a", "go to desk 1"))
    lit = pixels(worlds.step("a", "use desklamp 1"))
    assert begun.shape == (300, 300, 3)
    # The sky is grey, above, and lighter in the light.
    assert (at_desk[0, 0] == 90).all() and (lit[0, 0] == 150).all()
    assert not np.array_equal(at_bed, at_desk)


def test_commands_bring_a_world_back_to_where_it_was(worlds: VisualWorlds, thor_machine: ThorMachine) -> None:
    commands = ["go to fridge 1", "open fridge 1", "take mug 1 from fridge 1", "no such command"]
    reset(worlds, thor_machine, CLEAN)
    turns = [worlds.step("a", command) for command in commands]
    planned = worlds.plan("a")
    reset(worlds, thor_machine, COOL)
    assert reset(worlds, thor_machine, CLEAN, tuple(commands)) == turns[-1]
    assert worlds.plan("a") == planned


def test_the_same_game_is_asked_for_in_the_same_words(worlds: VisualWorlds, thor_machine: ThorMachine) -> None:
    first = reset(worlds, thor_machine, CLEAN)["text"]
    random.seed(12345)
    assert reset(worlds, thor_machine, CLEAN)["text"] == first


def test_the_agent_is_alfworlds_in_all_that_it_says(worlds: VisualWorlds, thor_machine: ThorMachine) -> None:
    from coso_alfworld.thor import world
    from coso_alfworld.thor.alfworld_parts import OracleAgent

    commands = ("go to fridge 1", "open fridge 1", "go to sinkbasin 1", "go to cabinet 3", "open cabinet 3")
    for game in (PLACE, CLEAN):
        own = [reset(worlds, thor_machine, game), *(worlds.step("a", command) for command in commands)]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world, "Agent", OracleAgent)
            stock = [reset(worlds, thor_machine, game), *(worlds.step("a", command) for command in commands)]
        assert own == stock


def without_scene(data: Path) -> Path:
    """A game whose trajectory has what those of `coso alfworld generate` have."""
    folder = data / "json_2.1.1" / "train" / "pick_and_place_simple-Mug-None-Desk-308" / "trial_T0"
    folder.mkdir(parents=True)
    trajectory = {"task_type": "pick_and_place_simple", "pddl_params": {}, "scene": {"scene_num": 308}}
    (folder / "traj_data.json").write_text(json.dumps(trajectory))
    return folder / "game.tw-pddl"


def test_a_game_without_a_scene_is_refused_with_the_mend(worlds: VisualWorlds, tmp_path: Path) -> None:
    with pytest.raises(AlfworldError, match=r"expected scene.object_poses, .*ALFWORLD_DATA") as refused:
        worlds.reset("a", str(without_scene(tmp_path)))
    assert refused.value.code == "bad-game"


THINGS = st.from_regex(r"[a-z]{1,9} [0-9]{1,2}", fullmatch=True)


@given(THINGS, THINGS)
def test_wordings_lead_into_each_other(thing: str, place: str) -> None:
    move, put = f"move {thing} to {place}", f"put {thing} in/on {place}"
    assert put_wording(move) == put == put_wording(put)
    assert move_wording(put) == move == move_wording(move)
    other = f"take {thing} from {place}"
    assert put_wording(other) == other == move_wording(other)


def test_all_is_there_on_a_machine_that_has_it(
    thor_machine: ThorMachine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in thor_machine.environment.items():
        monkeypatch.setenv(name, value)
    mends = {each.name: each.mend for each in all_prerequisites(thor_machine.home / "data")}
    del mends["OpenGL"]
    assert mends == {"ai2thor": None, "Unity build": None, "X display": None, "Official data": None}
    assert "no traj_data.json under" in all_prerequisites(tmp_path)[-1].found
    without_scene(tmp_path)
    assert "has no scene.object_poses" in all_prerequisites(tmp_path)[-1].found


def test_the_build_is_where_ai2thor_looks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from ai2thor.controller import Controller

    monkeypatch.setenv("HOME", "/home/somebody")
    assert str(build_path()) == Controller().executable_path()


def test_a_world_says_what_its_machine_lacks(thor_machine: ThorMachine) -> None:
    def unmet(**change: str) -> str:
        machine = ThorMachine(thor_machine.home, [], {**thor_machine.environment, **change})
        with python_on(machine, SERVE) as process, pytest.raises(AssertionError) as refused:
            call(process, "about")
        assert '"code": "unmet"' in str(refused.value)
        return str(refused.value)

    assert "no program at /nowhere/.ai2thor/releases/thor-201909061227-Linux64" in unmet(HOME="/nowhere")
    assert "download_binary()" in unmet(HOME="/nowhere")
    assert "DISPLAY is not set. Mend: apt-get install xvfb " in unmet(DISPLAY="")
    assert "no X server answers at DISPLAY :4711" in unmet(DISPLAY=":4711")
