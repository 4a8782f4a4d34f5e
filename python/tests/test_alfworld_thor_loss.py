"""A Unity that is lost takes its Python with it, in words, and is never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from thor_machine import SERVE, ThorMachine, ask, call, python_on

pytest.importorskip("alfworld", reason="needs pip install --no-deps -r python/requirements-alfworld.txt")
pytest.importorskip("ai2thor", reason="needs pip install --no-deps -r python/requirements-thor.txt")

from coso_alfworld.thor.unity import LOST
from scripted_unity.machine import BUILD, make_machine, write_program


def unity_of(process: subprocess.Popen[str]) -> int:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return next(int(pid) for pid, parent, args in rows if int(parent) == process.pid and "scripted_unity" in args)


def ends(pid: int) -> bool:
    for _ in range(100):
        try:
            # Ended, and not yet asked for by whoever inherited it.
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def last_words(process: subprocess.Popen[str], asked: Callable[[], str]) -> str:
    with pytest.raises(AssertionError, match=f"the process ended: {LOST} ") as ended:
        asked()
    return str(ended.value)


def test_a_unity_that_is_killed_mid_episode(thor_machine: ThorMachine) -> None:
    with python_on(thor_machine, SERVE) as process:
        call(process, "reset", world="a", game=str(thor_machine.games[0]))
        os.kill(unity_of(process), signal.SIGKILL)
        words = last_words(process, lambda: ask(process, "step", world="a", command="go to sinkbasin 1"))
    assert "AI2-THOR's Unity exited with -9" in words


@pytest.mark.parametrize(("line", "how"), [("echo no GLX >&2; exit 3", "exited with 3"), ("exit 0", "exited with 0")])
def test_a_unity_that_does_not_start(thor_machine: ThorMachine, tmp_path: Path, line: str, how: str) -> None:
    make_machine(tmp_path)
    write_program(tmp_path / BUILD, line)
    machine = ThorMachine(tmp_path, [], {**thor_machine.environment, "HOME": str(tmp_path)})
    with python_on(machine, SERVE) as process:
        words = last_words(process, lambda: ask(process, "reset", world="a", game=str(thor_machine.games[0])))
    assert how in words
    assert ("no GLX" in words) == ("GLX" in line)


def test_a_unity_that_falls_silent(thor_machine: ThorMachine) -> None:
    impatient = f"from coso_alfworld.thor import unity; unity.Unity.ANSWER_SECONDS = 5.0{SERVE}"
    with python_on(thor_machine, impatient) as process:
        call(process, "reset", world="a", game=str(thor_machine.games[0]))
        silent = unity_of(process)
        os.kill(silent, signal.SIGSTOP)
        words = last_words(process, lambda: ask(process, "step", world="a", command="go to sinkbasin 1"))
    assert "AI2-THOR's Unity gave no answer to 'go to sinkbasin 1' within 5 s" in words
    assert ends(silent)


def test_a_unity_goes_with_its_process_and_with_its_world(thor_machine: ThorMachine) -> None:
    with python_on(thor_machine, SERVE) as process:
        call(process, "reset", world="a", game=str(thor_machine.games[0]))
        first = unity_of(process)
        call(process, "close", world="a")
        assert ends(first)
        call(process, "reset", world="b", game=str(thor_machine.games[0]))
        second = unity_of(process)
        process.kill()
        assert ends(second)
