"""`python -m coso_worker.distributed.torchrun --processes N --endpoint X`: one worker of N processes on this machine.

Launches what `torchrun --standalone --nproc-per-node N -m coso_worker --endpoint X` does, by the same code. Its last
line says which rank ended first, and why, where torchrun's own report takes a screen; what it wrote to disk is removed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import uuid
from collections.abc import Mapping
from pathlib import Path

from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

SHUTDOWN_SECONDS = 3
"""How long ranks may take to end once one of them has."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_worker.distributed.torchrun", description=__doc__)
    parser.add_argument("--processes", required=True, type=int, help="ranks, one a CUDA device")
    parser.add_argument("--endpoint", required=True, help="as of coso_worker")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coso-ranks-") as scratch:
        code = launch(arguments.processes, ["--endpoint", arguments.endpoint], scratch)
    sys.stderr.flush()
    os._exit(code)  # taking torch apart would take a second


def launch(processes: int, arguments: list[str], scratch: str) -> int:
    """Runs until all ranks have ended. Returns the exit code; says on standard error why it is not 0."""
    if sys.platform == "linux":
        # Ranks on one machine need no other address, and others need not see them.
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=processes,
        run_id=uuid.uuid4().hex,
        role="coso_worker",
        rdzv_backend="c10d",
        rdzv_endpoint="localhost:0",
        local_addr="localhost",
        max_restarts=0,
        logs_specs=DefaultLogsSpecs(log_dir=scratch),
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    try:
        elastic_launch(config, sys.executable)("-u", "-m", "coso_worker", *arguments)
    except ChildFailedError as error:
        sys.stderr.write(f"{first_failure(error.failures, processes)}\n")
        return 1
    except SignalException as error:
        return 128 + error.sigval
    return 0


def first_failure(failures: Mapping[int, ProcessFailure], processes: int) -> str:
    """Which rank ended first, and why: with its own words where it left some."""
    # Where several ended within a second, one that was killed or left a reason comes before those that it took along.
    rank, failure = min(failures.items(), key=lambda item: (_is_consequence(item[1]), item[1].timestamp, item[0]))
    if failure.exitcode < 0:
        return f"rank {rank} of {processes} was ended by {signal.Signals(-failure.exitcode).name}"
    words = f": {failure.message}" if _has_words(failure) else ""
    return f"rank {rank} of {processes} exited with code {failure.exitcode}{words}"


def _has_words(failure: ProcessFailure) -> bool:
    return Path(failure.error_file).is_file()


def _is_consequence(failure: ProcessFailure) -> bool:
    """Of torchrun ending the others, which it does by SIGTERM."""
    return failure.exitcode in (-signal.SIGTERM, 128 + signal.SIGTERM)


if __name__ == "__main__":
    main()
