"""Weights through a folder of safetensors files, as one of the ways that vLLM's weight updates may take.

vLLM's own ways need NCCL or CUDA's shared memory, and a trainer with vLLM's code in it. A folder needs neither, works
without an accelerator, and holds names that are the checkpoint's, which is what models are loaded from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from vllm.distributed.weight_transfer.base import (
    WeightTransferEngine,
    WeightTransferInitInfo,
    WeightTransferUpdateInfo,
)
from vllm.distributed.weight_transfer.factory import WeightTransferEngineFactory
from vllm.model_executor.layers.vocab_parallel_embedding import ParallelLMHead
from vllm.model_executor.model_loader.reload import finalize_layerwise_reload, initialize_layerwise_reload
from vllm.platforms import current_platform

BACKEND = "coso-folder"


@dataclass
class NoInit(WeightTransferInitInfo):
    """Nothing is agreed on before the first update."""


@dataclass
class Folder(WeightTransferUpdateInfo):
    path: str


class FolderTransfer(WeightTransferEngine[NoInit, Folder]):
    """Reads a folder once for each update."""

    init_info_cls = NoInit
    update_info_cls = Folder

    def init_transfer_engine(self, init_info: NoInit) -> None:
        """Nothing to do."""

    def start_weight_update(self) -> None:
        initialize_layerwise_reload(self.model)

    def receive_weights(self, update_info: Folder) -> None:
        self.model.load_weights(_weights_in(Path(update_info.path)))

    def finish_weight_update(self) -> None:
        finalize_layerwise_reload(self.model, self.model_config)
        if current_platform.is_cpu():
            # A head that shares the embedding's weights has its own packed copy, which vLLM 0.32 leaves as it was.
            for module in self.model.modules():
                if isinstance(module, ParallelLMHead):
                    module.quant_method.process_weights_after_loading(module)

    def shutdown(self) -> None:
        """Nothing is held."""


def register() -> None:
    """Before a model is built that names `BACKEND`."""
    WeightTransferEngineFactory.register_engine(BACKEND, FolderTransfer)


def _weights_in(folder: Path) -> Iterator[tuple[str, torch.Tensor]]:
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118  # no dictionary, though it looks like one
                yield name, weights.get_tensor(name)
