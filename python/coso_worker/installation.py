"""What this interpreter has installed, as one JSON object on stdout; `coso doctor` asks.

Run as `python -m coso_worker.installation PACKAGE…`. It answers even where packages are missing or do not load, so
nothing outside the standard library is imported before it is known to work.
"""

import json
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def installed_version(package: str) -> str | None:
    """The package's version, or None where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def describe_torch() -> dict[str, Any]:
    """The devices that PyTorch can use; `error` alone where it does not load. Memory is in bytes."""
    try:
        import torch
    except (ImportError, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}
    devices = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        devices.append({"name": properties.name, "memoryBytes": properties.total_memory})
    return {"error": None, "builtForCuda": torch.version.cuda, "cudaDevices": devices}


def describe_protocol() -> dict[str, str | None]:
    """The hash of the generated messages; `error` alone where they do not load."""
    try:
        from coso_worker.protocol.messages import SCHEMA_HASH
    except ImportError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"error": None, "hash": SCHEMA_HASH}


def describe(packages: Sequence[str]) -> dict[str, Any]:
    return {
        "version": platform.python_version(),
        "packages": {package: installed_version(package) for package in packages},
        "torch": describe_torch(),
        "protocol": describe_protocol(),
    }


if __name__ == "__main__":
    json.dump(describe(sys.argv[1:]), sys.stdout)
