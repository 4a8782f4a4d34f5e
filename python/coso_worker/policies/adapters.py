"""Low-rank adapters by peft: the policy's own, and a frozen second set as the reference of a KL term."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from peft.tuners.lora import LoraLayer
from safetensors.torch import load_file
from torch import nn

from coso_worker.policies.policy import LearningStage
from coso_worker.protocol.messages import Lora

STAGES_WITH_DROPOUT: dict[str, tuple[LearningStage, ...]] = {
    "nothing": (),
    "sft": ("sft",),
    "sft-and-rl": ("sft", "rl"),
}
POLICY, REFERENCE = "policy", "reference"
WEIGHTS_FILE = "adapter_model.safetensors"
# Where peft, whose wrapper is not used here, would put the model; saved adapters carry it so that peft can load them.
PEFT_PREFIX = "base_model.model."


class Adapters:
    """The adapters of one model, whose own weights are frozen from here on."""

    def __init__(self, model: Any, spec: Lora) -> None:
        self._model = model
        self._spec = spec
        self._targets = _linear_layers(model, everything=spec.targets == "everything")
        self._add(POLICY)

    def _add(self, name: str) -> None:
        config = LoraConfig(
            r=self._spec.rank,
            lora_alpha=self._spec.alpha,  # type: ignore[arg-type]  # only ever divided by the rank
            lora_dropout=self._spec.dropout,
            target_modules=self._targets,
            bias="none",
        )
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Already found a `peft_config`")  # two sets are what is wanted
            self._model.add_adapter(config, name)
        # What learns is kept in float32 whatever the base computes in: half precision would swallow small steps.
        for module in self._of(name):
            module.float()
        self._model.eval()

    @property
    def rank(self) -> int:
        return self._spec.rank

    def layers(self) -> list[LoraLayer]:
        return [module for module in self._model.modules() if isinstance(module, LoraLayer)]

    def _of(self, name: str) -> list[nn.Module]:
        return [part[name] for layer in self.layers() for part in (layer.lora_A, layer.lora_B)]

    def parameters(self) -> list[nn.Parameter]:
        """What learns."""
        return [parameter for module in self._of(POLICY) for parameter in module.parameters()]

    def dropouts(self, stage: LearningStage) -> list[nn.Module]:
        """Of the policy's adapters, where this stage drops out; identities where the dropout is 0."""
        stages = STAGES_WITH_DROPOUT[self._spec.dropout_in]
        return [layer.lora_dropout[POLICY] for layer in self.layers()] if stage in stages else []

    @torch.no_grad()
    def keep_reference(self) -> None:
        """Copies the policy's adapters as they are now into the reference's."""
        if REFERENCE not in self._model.peft_config:
            self._add(REFERENCE)
            self._activate(POLICY)
        for ours, kept in zip(self._of(POLICY), self._of(REFERENCE), strict=True):
            kept.load_state_dict(ours.state_dict())

    def reference(self) -> nn.Module | None:
        """The reference's weights; None where none was kept."""
        return nn.ModuleList(self._of(REFERENCE)) if REFERENCE in self._model.peft_config else None

    @contextmanager
    def as_reference(self) -> Iterator[None]:
        """Inside, the model is the reference policy."""
        self._activate(REFERENCE)
        try:
            yield
        finally:
            self._activate(POLICY)

    def _activate(self, name: str) -> None:
        for layer in self.layers():
            layer.set_adapter([name], inference_mode=name == REFERENCE)

    def load(self, directory: Path) -> None:
        """Takes over adapters of the same shape. Raises ValueError when they are others."""
        saved = {key.removeprefix(PEFT_PREFIX): value for key, value in load_file(directory / WEIGHTS_FILE).items()}
        expected = get_peft_model_state_dict(self._model, adapter_name=POLICY)
        if saved.keys() != expected.keys():
            raise ValueError(f"{directory}: its adapters are for other layers than this policy's")
        set_peft_model_state_dict(self._model, saved, adapter_name=POLICY)


def _linear_layers(model: Any, *, everything: bool) -> list[str]:
    """Full names, since short ones such as `q_proj` also match the vision tower."""
    decoder, output = model.get_decoder(), model.get_output_embeddings()
    within = set(decoder.modules()) if not everything else set(model.modules())
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and module in within and module is not output
    ]
