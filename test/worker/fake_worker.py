"""
A worker with the real server and handlers that do what a test asks for: `save`'s `directory` names the behaviour,
by its last part: a worker on another host gets it as a full path.
"""

import os
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from coso_worker import greeting, server
from coso_worker.errors import WorkerError
from coso_worker.keys import read_keys
from coso_worker.lifetime import end_with_parent, end_with_signals, remove_socket
from coso_worker.listen import listen
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor
from coso_worker.protocol.progress import Progress


class OutOfMemoryError(RuntimeError):
    """Has the name of torch's."""


class FakeHandlers:
    kept_steps = 7

    def close(self) -> None:
        """Holds nothing."""

    def act(self, params: messages.ActParams, frames: Sequence[memoryview], progress: Progress) -> messages.ActResult:
        """Utterance n is its prompt and the sum of its image's pixels."""
        number = len(params.observations.prompts)
        images = params.observations.images
        sums = ["no image"] * number
        if images is not None:
            pixels = np.frombuffer(frames[images.frame], dtype=np.uint8).reshape(images.number, -1)
            sums = [str(pixels[index].sum()) for index in params.observations.image_index or []]
        return messages.ActResult(
            utterances=[f"{prompt}: {total}" for prompt, total in zip(params.observations.prompts, sums, strict=True)],
            token_counts=[1] * number,
            finished=[True] * number,
            log_probs=float_tensor(np.full(number, -0.5)),
            values=float_tensor(np.arange(number)),
        )

    def fit_sft(
        self, params: messages.FitSftParams, frames: Sequence[memoryview], progress: Progress
    ) -> messages.FitSftResult:
        """Each step takes a hundredth of a second."""
        for step in range(params.steps):
            time.sleep(0.01)
            progress(step + 1, params.steps, {"sft/loss": 1 / (step + 1)})
        return messages.FitSftResult(losses=float_tensor(np.ones(params.steps)))

    def save(self, params: messages.SaveParams, frames: Sequence[memoryview], progress: Progress) -> messages.SaveResult:
        match Path(params.directory).name.split():
            case ["sleep", seconds]:
                time.sleep(float(seconds))
            case ["print", text]:
                print(text, flush=True)
            case ["exit", code]:
                print("leaving now", file=sys.stderr, flush=True)
                os._exit(int(code))
            case ["memory"]:
                raise OutOfMemoryError("asked for 80 GiB")
            case ["defect"]:
                raise ZeroDivisionError("a defect")
            case ["not-a-number"]:
                return messages.SaveResult(bytes=-1)
            case _:
                raise WorkerError("no-such-folder", f"expected a folder, got {params.directory}")
        return messages.SaveResult(bytes=42)


def load_handlers() -> server.WireHandlers:
    if "FAKE_MISSING_PACKAGE" in os.environ:
        import coso_package_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401
    return FakeHandlers()


def main() -> None:
    endpoint = sys.argv[sys.argv.index("--endpoint") + 1]
    if "FAKE_CRASH" in os.environ:
        raise ImportError("No module named 'msgspec'")
    if "FAKE_PROTOCOL" in os.environ:
        greeting.SCHEMA_HASH = os.environ["FAKE_PROTOCOL"]  # type: ignore[misc]
    end_with_signals()
    end_with_parent(endpoint)
    try:
        if "--keys" in sys.argv:
            keys = read_keys(Path(sys.argv[sys.argv.index("--keys") + 1]))
            is_once = "--once" in sys.argv
            say = partial(print, flush=True)
            listen(endpoint, keys, load_handlers, is_once=is_once, say=say, heartbeat_seconds=0.1)
        else:
            server.serve(endpoint, load_handlers, heartbeat_seconds=0.1)
    finally:
        remove_socket(endpoint)


if __name__ == "__main__":
    main()
