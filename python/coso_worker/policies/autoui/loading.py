"""AutoUI's two folders: a T5 with the weights of its gate, and BLIP-2's vision model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoImageProcessor, AutoTokenizer, Blip2VisionModel

from coso_worker.policies.autoui.model import T5ForMultimodalGeneration
from coso_worker.policies.families.loading import (
    SETTING,
    bad_checkpoint,
    checkpoint_source,
    reading,
    require_vocabulary,
)

VISION = "policy.vision"
NAMED = 8
"""Missing weights that an error names."""


class _VisionOfBlip2(Blip2VisionModel):
    """Its weights within a whole BLIP-2, the rest of which is left out without a word."""

    # transformers reads it from the class.
    _keys_to_ignore_on_load_unexpected = [r"^(?:language_model|language_projection|qformer|query_tokens)\b"]  # noqa: RUF012


def load_tokenizer(path: str) -> Any:
    """Raises WorkerError `bad-checkpoint`."""
    source = checkpoint_source(path)
    with _reading(path, SETTING):
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
    require_vocabulary(path, tokenizer)
    if tokenizer.eos_token_id is None:
        raise bad_checkpoint(path, "its tokenizer has no end token; expected T5's </s>")
    return tokenizer


def load_model(path: str, image_feature_size: int) -> T5ForMultimodalGeneration:
    """In float32, as all of it learns; from safetensors or pytorch_model.bin, of which weights alone are unpickled.

    Raises WorkerError `bad-checkpoint` with the weights that are missing or of another shape.
    """
    source = checkpoint_source(path)
    with _reading(path, SETTING):
        config: Any = AutoConfig.from_pretrained(source)
        if config.model_type != "t5":
            raise bad_checkpoint(path, f"its model_type is {config.model_type!r}; expected 't5'")
        config.image_feature_size = image_feature_size
        network: Any = T5ForMultimodalGeneration
        model, found = network.from_pretrained(
            source, config=config, dtype=torch.float32, ignore_mismatched_sizes=True, output_loading_info=True
        )
    _require_weights(
        path, SETTING, found, "expected a T5 with image_dense, mha_layer and gate_dense, as Auto-UI-Base has"
    )
    loaded: T5ForMultimodalGeneration = model
    return loaded


def load_vision(path: str, dtype: torch.dtype) -> tuple[Any, Any]:
    """The vision model and its image processor, from a folder of a whole BLIP-2 or of its vision model alone.

    Raises WorkerError `bad-checkpoint`.
    """
    source = checkpoint_source(path, VISION)
    with _reading(path, VISION):
        config: Any = AutoConfig.from_pretrained(source)
        vision_config = config.vision_config if config.model_type == "blip-2" else config
        if vision_config.model_type != "blip_2_vision_model":
            raise bad_checkpoint(path, f"its model_type is {config.model_type!r}; expected 'blip-2'", VISION)
        network: Any = _VisionOfBlip2
        vision, found = network.from_pretrained(
            source,
            config=vision_config,
            dtype=dtype,
            key_mapping={r"^vision_model\.": ""},
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
        image_processor: Any = AutoImageProcessor.from_pretrained(source)
    _require_weights(path, VISION, found, "expected BLIP-2's vision_model, as Salesforce/blip2-opt-2.7b has")
    return vision, image_processor


def _require_weights(path: str, setting: str, found: dict[str, Any], expected: str) -> None:
    """Weights that a file lacks would be fresh ones, and the policy another without anyone's noticing."""
    missing = found["missing_keys"]
    if missing:
        raise bad_checkpoint(path, f"it has no weights {_named(missing)}; {expected}", setting)
    mismatched = [f"{key} {list(has)} (expected {list(wants)})" for key, has, wants in found["mismatched_keys"]]
    if mismatched:
        raise bad_checkpoint(
            path,
            f"weights of another shape: {_named(mismatched)}; image_dense reads as many numbers as policy.vision gives",
            setting,
        )


def _named(keys: Iterable[str]) -> str:
    ordered = sorted(keys)
    more = len(ordered) - NAMED
    return ", ".join(ordered[:NAMED]) + (f" and {more} more" if more > 0 else "")


@contextmanager
def _reading(path: str, setting: str) -> Iterator[None]:
    """As `reading`, and damaged files of weights too."""
    try:
        with reading(path, setting):
            yield
    except (UnpicklingError, RuntimeError, SafetensorError) as error:
        raise bad_checkpoint(path, f"its weights cannot be read: {error}", setting) from error
