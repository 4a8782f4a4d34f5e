"""What `coso doctor` hears from an interpreter, whole or not."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from coso_worker.protocol.messages import SCHEMA_HASH

PYTHON_FOLDER = Path(__file__).parent.parent


def ask(*flags: str, packages: tuple[str, ...]) -> dict[str, object]:
    command = [sys.executable, *flags, "-m", "coso_worker.installation", *packages]
    answer = subprocess.run(command, cwd=PYTHON_FOLDER, capture_output=True, text=True, check=True)
    described = json.loads(answer.stdout)
    assert isinstance(described, dict)
    return described


def test_versions_devices_and_protocol_of_this_interpreter() -> None:
    described = ask(packages=("torch", "no-such-package"))
    assert described["packages"] == {"torch": torch.__version__, "no-such-package": None}
    assert described["protocol"] == {"error": None, "hash": SCHEMA_HASH}
    torch_answer = described["torch"]
    assert isinstance(torch_answer, dict)
    assert torch_answer["error"] is None
    assert len(torch_answer["cudaDevices"]) == torch.cuda.device_count()


def test_an_interpreter_without_packages_answers_all_the_same() -> None:
    described = ask("-S", packages=("torch",))
    assert described["packages"] == {"torch": None}
    assert described["torch"] == {"error": "ModuleNotFoundError: No module named 'torch'"}
    assert described["protocol"] == {"error": "ModuleNotFoundError: No module named 'msgspec'"}
