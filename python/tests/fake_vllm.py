"""A process that speaks an engine's messages without vLLM, for tests of the side that asks.

COSO_FAKE_LOG: a file that gets a line of JSON for each request. COSO_FAKE_DEATHS: a file with three words, such as
`2 update 1`: how often it still dies instead of generating, once the log has so many requests of a kind.
COSO_FAKE_START: what to say before ending instead of loading. COSO_FAKE_REFUSAL: why weights are not taken.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from coso_engine import messages
from coso_engine.frames import draws_of
from coso_engine.serving import RequestError, serve
from coso_worker.lifetime import end_with_parent

HERE = Path(__file__)
FIRST_TOKEN = 5


class FakeModel:
    """Says three tokens that a row's first draw decides, the last of them the end of every second row."""

    def __init__(self, settings: messages.Load) -> None:
        if ending := os.environ.get("COSO_FAKE_START"):
            sys.stderr.write(ending + "\n")
            sys.exit(3)
        assert isinstance(settings, messages.LoadVllm)
        _log("load", checkpoint=settings.checkpoint, rank=settings.adapter_rank, dtype=settings.dtype)

    def ready(self) -> messages.Ready:
        return messages.Ready(version="0", device="cpu", longest=1024)

    def generate(self, request: messages.Generate, frames: Sequence[memoryview]) -> messages.Generated:
        deaths = Path(os.environ["COSO_FAKE_DEATHS"])
        left, kind, seen = deaths.read_text().split()
        log = Path(os.environ["COSO_FAKE_LOG"]).read_text()
        if int(left) > 0 and log.count(f'"kind": "{kind}"') >= int(seen):
            deaths.write_text(f"{int(left) - 1} {kind} {seen}")
            sys.stderr.write("out of luck\n")
            sys.stderr.flush()
            os.kill(os.getpid(), 9)
        if request.temperature == 13:
            raise RequestError("request", "13 is not served")
        draws = draws_of(request, frames)
        first = [0.0] * len(request.prompts) if draws is None else draws[:, 0].tolist()
        _log("generate", rows=len(request.prompts), draws=first, frames=len(frames))
        seeds = [int(draw * 1000) for draw in first]
        tokens = [
            [FIRST_TOKEN + seed % 7, FIRST_TOKEN + seed % 11, request.end_token if row % 2 else FIRST_TOKEN]
            for row, seed in enumerate(seeds)
        ]
        return messages.Generated(
            tokens=tokens,
            finished=[row[-1] == request.end_token for row in tokens],
            log_probs=None if draws is None else [[-1.5] * 3 for _ in seeds],
        )

    def update(self, request: messages.Update) -> None:
        if refusing := os.environ.get("COSO_FAKE_REFUSAL"):
            raise RequestError("memory", refusing)
        _log("update", **_sums(request.folder))

    def adapter(self, request: messages.Adapter) -> None:
        _log("adapter", version=request.version, **_sums(request.folder))

    def sleep(self) -> None:
        _log("sleep")


def _sums(folder: str) -> dict[str, Any]:
    weights = {name: value for file in Path(folder).glob("*.safetensors") for name, value in load_file(file).items()}
    return {"names": sorted(weights), "sum": sum(float(value.sum(dtype="float64")) for value in weights.values())}


def _log(kind: str, **more: Any) -> None:
    with Path(os.environ["COSO_FAKE_LOG"]).open("a") as log:
        log.write(json.dumps({"kind": kind, **more}) + "\n")


def engine_like(directory: Path) -> str:
    """What stands for the interpreter of an environment with vLLM."""
    script = directory / "python"
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {HERE} "$@"\n')
    script.chmod(0o755)
    return str(script)


if __name__ == "__main__":
    # As the real one is called: -m coso_engine --endpoint ENDPOINT.
    endpoint = sys.argv[sys.argv.index("--endpoint") + 1]
    end_with_parent(endpoint)
    serve(endpoint, FakeModel)
