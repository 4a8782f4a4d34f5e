"""Work done by two real processes that exchange over gloo, against the same by one."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from coso_worker.distributed.group import join
from coso_worker.distributed.place import Place
from coso_worker.distributed.ranks import Ranks

Outcome = TypeVar("Outcome")
PYTHON = Path(__file__).resolve().parents[1]


def in_ranks(work: Callable[..., Outcome], scratch: Path, size: int = 2, **given: Any) -> list[Outcome]:
    """What `work(ranks, **given)`, a function of a test module, returns on each of `size` ranks."""
    scratch.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (scratch / "given.pickle").write_bytes(pickle.dumps((work.__module__, work.__name__, given)))
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PYTHON), str(PYTHON / "tests")]),
        "OMP_NUM_THREADS": "1",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(size),
    }
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, str(scratch)],
            env=environment | {"RANK": str(rank), "LOCAL_RANK": str(rank)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(size)
    ]
    try:
        outputs = [process.communicate(timeout=120)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    codes = [process.returncode for process in processes]
    assert codes == [0] * size, f"ranks ended with {codes}:\n" + "\n".join(outputs)
    return [pickle.loads((scratch / f"{rank}.pickle").read_bytes()) for rank in range(size)]


def alone(work: Callable[..., Outcome], **given: Any) -> Outcome:
    """The same in this process."""
    return work(Ranks(), **given)


def _main(folder: Path) -> None:
    import importlib

    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    module, name, given = pickle.loads((folder / "given.pickle").read_bytes())
    ranks, _ = join(Place(rank, size, rank, size))
    outcome = getattr(importlib.import_module(module), name)(ranks, **given)
    (folder / f"{rank}.pickle").write_bytes(pickle.dumps(outcome))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
