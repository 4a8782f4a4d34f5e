"""A machine with a scripted Unity, where ai2thor is installed: what needs it is imported where it is used."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest


@dataclass(frozen=True)
class ThorMachine:
    home: Path
    games: list[Path]
    environment: dict[str, str]


@pytest.fixture(scope="session")
def thor_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThorMachine]:
    """Its display is a port at which somebody listens; no picture is ever drawn there."""
    from scripted_unity.machine import environment, make_machine

    home = tmp_path_factory.mktemp("machine")
    games = make_machine(home)
    with socket.create_server(("127.0.0.1", 0)) as display:
        yield ThorMachine(home, games, environment(home, display.getsockname()[1]))


@contextmanager
def python_on(machine: ThorMachine, code: str) -> Iterator[subprocess.Popen[str]]:
    """A process of its own, since a Unity that is lost takes its process with it; ended when the test is."""
    package = Path(__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, **machine.environment, "PYTHONPATH": os.pathsep.join([str(package), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


SERVE = """
import sys
from coso_alfworld.calls import answer
from coso_alfworld.kinds import make_worlds
worlds = make_worlds("thor")
for line in sys.stdin:
    sys.__stdout__.write("> " + answer(worlds, line) + "\\n")
    sys.__stdout__.flush()
"""
"""Calls by lines, answers by lines that begin with `> `, among what alfworld prints."""


def call(process: subprocess.Popen[str], name: str, **arguments: Any) -> Any:
    """The answer's result; an AssertionError with its error, or with what the process said as it ended."""
    reply = ask(process, name, **arguments)
    if "error" in json.loads(reply):
        raise AssertionError(reply)
    return json.loads(reply)["result"]


def ask(process: subprocess.Popen[str], name: str, **arguments: Any) -> str:
    stdin, stdout = _pipes(process)
    stdin.write(json.dumps({"call": name, **arguments}) + "\n")
    stdin.flush()
    for line in stdout:
        if line.startswith("> "):
            return line[2:]
    raise AssertionError(f"the process ended: {process.wait()} {process.stderr.read() if process.stderr else ''}")


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout
