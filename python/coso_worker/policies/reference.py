"""The frozen copy of a policy that a KL term measures from."""

from __future__ import annotations

from typing import TypeVar

from coso_worker.errors import WorkerError

Kept = TypeVar("Kept")


def required(reference: Kept | None) -> Kept:
    """Raises WorkerError `no-reference` where none was kept."""
    if reference is None:
        raise WorkerError("no-reference", "kl: expected keepReference before an update with a KL term")
    return reference
