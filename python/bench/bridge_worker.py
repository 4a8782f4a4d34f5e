"""A worker that answers `act` from the pixels alone, so that a round trip measures the bridge and not a model."""

import argparse
from collections.abc import Sequence

import numpy as np

from bench.pixels import answer_to
from coso_worker.errors import WorkerError
from coso_worker.lifetime import end_with_parent, end_with_signals
from coso_worker.protocol.arrays import float_tensor
from coso_worker.protocol.messages import ActParams, ActResult
from coso_worker.protocol.progress import Progress
from coso_worker.server import serve


class PixelHandlers:
    """Answers `act` alone."""

    kept_steps = 0

    def close(self) -> None:
        """Nothing is held."""

    def act(self, params: ActParams, frames: Sequence[memoryview], progress: Progress) -> ActResult:
        images = params.observations.images
        if images is None:
            raise WorkerError("bad-request", "expected images")
        shape = (images.number, images.height, images.width, 3)
        utterances = answer_to(params.observations.prompts, np.frombuffer(frames[0], dtype=np.uint8).reshape(shape))
        numbers = float_tensor(np.zeros(len(utterances)))
        ones = [1] * len(utterances)
        return ActResult(
            utterances=utterances, token_counts=ones, finished=[True] * len(ones), log_probs=numbers, values=numbers
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint", required=True)
    endpoint = parser.parse_args().endpoint
    end_with_signals()
    end_with_parent(endpoint)
    serve(endpoint, PixelHandlers)
