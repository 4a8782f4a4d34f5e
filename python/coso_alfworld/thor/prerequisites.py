"""
What visual worlds need of a machine. `python -m coso_alfworld.thor.prerequisites --data FOLDER` tells all of it as
JSON, for `coso doctor`; a world looks only at what it cannot begin without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path

from coso_alfworld.errors import AlfworldError
from coso_alfworld.thor.game import NAME, lacking_for_a_scene

PINNED = {"ai2thor": "2.1.0", "flask": "2.0.3", "werkzeug": "2.0.3"}
"""Unity keeps one connection open, with which later versions of Flask and its server break."""

_REQUIREMENTS = "-r python/requirements-alfworld.txt -r python/requirements-thor.txt"

_BUILD = "201909061227"
"""The build that belongs to ai2thor 2.1.0 (its `_builds.py`)."""

_DOWNLOAD = "from ai2thor.controller import Controller; Controller().download_binary()"
_XVFB = "apt-get install xvfb libgl1-mesa-dri; Xvfb :0 -screen 0 1024x768x24 +extension GLX & export DISPLAY=:0"
_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Prerequisite:
    """`mend` is a command, or what to do; None where nothing has to be done."""

    name: str
    found: str
    mend: str | None


def versions() -> dict[str, str]:
    return {name: installed for name in PINNED if (installed := _installed(name)) is not None}


def build_path() -> Path:
    """Where ai2thor 2.1.0 keeps its Unity build."""
    releases = Path.home() / ".ai2thor" / "releases"
    if platform.system() == "Darwin":
        name = f"thor-{_BUILD}-OSXIntel64"
        return releases / name / f"{name}.app" / "Contents" / "MacOS" / name
    name = f"thor-{_BUILD}-Linux64"
    return releases / name / name


def require() -> None:
    """Raises AlfworldError `unmet` with the first thing that a world cannot begin without, and its mend."""
    for each in _needed():
        if each.mend is not None:
            raise AlfworldError("unmet", f"{each.name}: {each.found}. Mend: {each.mend}")


def all_prerequisites(data: Path) -> list[Prerequisite]:
    return [*_needed(), _graphics(), _official_data(data)]


def _needed() -> Iterable[Prerequisite]:
    yield _packages()
    yield _build()
    yield _display()


def _packages() -> Prerequisite:
    name = "ai2thor"
    mend = f"{sys.executable} -m pip install --no-deps {_REQUIREMENTS}"
    wrong = [f"{each} {_installed(each) or 'missing'}" for each, pin in PINNED.items() if _installed(each) != pin]
    if _installed("alfworld") is None:
        wrong.insert(0, "alfworld missing")
    if wrong:
        wanted = ", ".join(f"{each} {pin}" for each, pin in PINNED.items())
        return Prerequisite(name, f"needs {wanted}; here: {', '.join(wrong)}", mend)
    return Prerequisite(name, ", ".join(f"{each} {pin}" for each, pin in PINNED.items()), None)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _build() -> Prerequisite:
    name, path = "Unity build", build_path()
    if os.access(path, os.X_OK):
        return Prerequisite(name, str(path), None)
    return Prerequisite(name, f"no program at {path}", f'{sys.executable} -c "{_DOWNLOAD}"')


def _display() -> Prerequisite:
    name = "X display"
    if platform.system() != "Linux":
        return Prerequisite(name, f"not needed on {platform.system()}", None)
    display = os.environ.get("DISPLAY", "")
    if display == "":
        return Prerequisite(name, "DISPLAY is not set", _XVFB)
    match = re.fullmatch(r"(?P<host>[^:]*):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return Prerequisite(name, f"DISPLAY is {display!r}, expected HOST:NUMBER or :NUMBER", _XVFB)
    try:
        _reach(match["host"], int(match["number"]))
    except OSError as error:
        return Prerequisite(name, f"no X server answers at DISPLAY {display}: {error}", _XVFB)
    return Prerequisite(name, f"an X server answers at {display}", None)


def _reach(host: str, number: int) -> None:
    if host in ("", "unix"):
        with socket.socket(socket.AF_UNIX) as local:
            local.settimeout(_TIMEOUT_SECONDS)
            local.connect(f"/tmp/.X11-unix/X{number}")
    else:
        socket.create_connection((host, 6000 + number), _TIMEOUT_SECONDS).close()


def _graphics() -> Prerequisite:
    name = "OpenGL"
    if platform.system() != "Linux":
        return Prerequisite(name, "comes with the system", None)
    if shutil.which("glxinfo") is None:
        return Prerequisite(name, "not known without glxinfo", "apt-get install mesa-utils, then ask again")
    try:
        asked = subprocess.run(["glxinfo", "-B"], capture_output=True, text=True, timeout=30, check=False)
        told, complaint = asked.stdout, asked.stderr.strip()
    except subprocess.TimeoutExpired as error:
        told, complaint = "", str(error)
    renderer = re.search(r"OpenGL renderer string: (.+)", told)
    if renderer is not None:
        return Prerequisite(name, renderer[1], None)
    return Prerequisite(
        name,
        f"none at this display: {complaint.splitlines()[-1] if complaint else 'glxinfo names no renderer'}",
        "let DISPLAY name an X server with GLX: that of the GPU's driver, or Xvfb as above, which draws on the CPU",
    )


def _official_data(data: Path) -> Prerequisite:
    name, root = "Official data", data / "json_2.1.1"
    download = Path(sys.executable).with_name("alfworld-download")
    mend = f"{download} --data-dir FOLDER, then export ALFWORLD_DATA=FOLDER"
    # A few are enough to tell whose data it is.
    first = list(islice(root.glob(f"*/*/*/{NAME}"), 3))
    if not first:
        return Prerequisite(name, f"no {NAME} under {root}", mend)
    for path in first:
        try:
            lacking = lacking_for_a_scene(json.loads(path.read_text()))
        except ValueError:
            lacking = ["JSON"]
        if lacking:
            return Prerequisite(name, f"{path} has no {', '.join(lacking)}: not official data", mend)
    return Prerequisite(name, f"{root}, with scenes", None)


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_alfworld.thor.prerequisites", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    sys.stdout.write(json.dumps([asdict(each) for each in all_prerequisites(parser.parse_args().data)]) + "\n")


if __name__ == "__main__":
    main()
