"""The first message of a client, which loads nothing."""

import importlib.metadata
import os
import platform

from coso_worker.errors import WorkerError
from coso_worker.protocol.messages import SCHEMA_HASH, HelloParams, HelloResult

REPORTED_PACKAGES = ("torch", "transformers", "msgspec", "pyzmq", "numpy")


def greet(params: HelloParams) -> HelloResult:
    """Raises WorkerError `protocol` for a client that was made from other messages."""
    if params.protocol != SCHEMA_HASH:
        raise WorkerError(
            "protocol",
            f"The client speaks protocol {params.protocol}, the worker {SCHEMA_HASH}. After an edit of "
            "ts/protocol/messages.ts run `npm run protocol`; otherwise reinstall both sides from one version.",
        )
    return HelloResult(
        protocol=SCHEMA_HASH,
        versions=_versions(),
        device="unbuilt",
        threads=int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1),
        pid=os.getpid(),
    )


def _versions() -> dict[str, str]:
    """Of the packages that are installed; none is imported for this."""
    versions = {"python": platform.python_version()}
    for package in REPORTED_PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
