"""Model families, chosen by the model type in a checkpoint's config.json. A new one is a file and a line here."""

from __future__ import annotations

import torch
from transformers import AutoConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from coso_worker.policies.families.causal_lm import CausalLanguageModel
from coso_worker.policies.families.family import Family
from coso_worker.policies.families.llava_next import LlavaNext
from coso_worker.policies.families.loading import bad_checkpoint, checkpoint_source, reading
from coso_worker.policies.families.qwen2_5_vl import Qwen25VL

VISION_LANGUAGE: dict[str, type[LlavaNext] | type[Qwen25VL]] = {"llava_next": LlavaNext, "qwen2_5_vl": Qwen25VL}

__all__ = ["Family", "load_family"]


def load_family(path: str, *, dtype: torch.dtype, attention: str) -> Family:
    """Loads a folder or hub name. Raises WorkerError `bad-checkpoint` with the reason and, where known, the mend."""
    source = checkpoint_source(path)
    with reading(path):
        config = AutoConfig.from_pretrained(source)
    family = VISION_LANGUAGE.get(config.model_type)
    if family is not None:
        return family(source, dtype=dtype, attention=attention)
    if config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and not hasattr(config, "vision_config"):
        return CausalLanguageModel(source, dtype=dtype, attention=attention)
    known = ", ".join(VISION_LANGUAGE)
    raise bad_checkpoint(
        path,
        f"its model_type is {config.model_type!r}; expected {known}, or a causal language model that reads text alone",
    )
