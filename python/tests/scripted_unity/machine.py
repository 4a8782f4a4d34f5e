"""
`python -m scripted_unity.machine FOLDER`: a machine on which visual worlds find what they look for. FOLDER becomes a
home with the scripted Unity where ai2thor keeps its build, a program folder with an `xdpyinfo`, and a folder of games.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from scripted_unity.games import write_games

BUILD = Path(".ai2thor/releases/thor-201909061227-Linux64/thor-201909061227-Linux64")


def make_machine(folder: Path) -> list[Path]:
    """Returns the games' files. What runs there needs HOME, PATH and DISPLAY set: `environment`."""
    package = Path(__file__).parent
    write_program(folder / BUILD, f'PYTHONPATH="{package.parent}" exec "{sys.executable}" -m {package.name} "$@"')
    # ai2thor asks it whether there is a display, where it is installed.
    write_program(folder / "bin" / "xdpyinfo", "exit 0")
    return write_games(folder / "data")


def environment(folder: Path, display_port: int) -> dict[str, str]:
    """Of a process that plays there; something has to listen on `display_port`, at least 6000."""
    return {
        "HOME": str(folder),
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "DISPLAY": f"127.0.0.1:{display_port - 6000}",
    }


def write_program(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripted_unity.machine", description=__doc__)
    parser.add_argument("folder", type=Path)
    make_machine(parser.parse_args().folder)


if __name__ == "__main__":
    main()
