"""Writes the small AutoUI: a T5 and a vision model of BLIP-2's kind from configurations, with fresh weights and a
tokenizer trained on the domain's text. What is written are ordinary checkpoint folders; nothing after this file knows
that they are small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import Blip2VisionConfig, Blip2VisionModel, PreTrainedTokenizerFast, T5Config
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from coso_worker.policies.autoui.model import T5ForMultimodalGeneration
from coso_worker.policies.embedded import train_tokenizer
from coso_worker.protocol.messages import AutoUiPolicy, EmbeddedAutoUiPolicy

# Large enough for features that nothing trains to tell images apart.
VISION_STD = 0.3


def write_embedded_autoui(spec: EmbeddedAutoUiPolicy, seed: int) -> AutoUiPolicy:
    """Writes T5 and tokenizer into `spec.directory`, the vision model into its own; returns what loads both."""
    directory, vision = Path(spec.directory), Path(spec.vision_directory)
    tokenizer = train_tokenizer(list(spec.corpus), spec.vocabulary_size)
    torch.manual_seed(seed)
    T5ForMultimodalGeneration(_configuration(spec, tokenizer)).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    Blip2VisionModel(_vision_configuration(spec)).save_pretrained(vision)
    _image_processor(spec).save_pretrained(vision)
    return AutoUiPolicy(path=spec.directory, vision=spec.vision_directory)


def _configuration(spec: EmbeddedAutoUiPolicy, tokenizer: PreTrainedTokenizerFast) -> T5Config:
    configuration: Any = T5Config  # what else is given is written with it
    config: T5Config = configuration(
        vocab_size=len(tokenizer),
        d_model=spec.hidden_size,
        d_kv=spec.hidden_size // spec.heads,
        d_ff=4 * spec.hidden_size,
        num_layers=spec.layers,
        num_heads=spec.heads,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
        image_feature_size=spec.vision_hidden_size,
    )
    return config


def _vision_configuration(spec: EmbeddedAutoUiPolicy) -> Blip2VisionConfig:
    return Blip2VisionConfig(
        hidden_size=spec.vision_hidden_size,
        intermediate_size=4 * spec.vision_hidden_size,
        num_hidden_layers=spec.vision_layers,
        num_attention_heads=spec.heads,
        image_size=spec.image_size,
        patch_size=spec.patch_size,
        initializer_range=VISION_STD,
    )


def _image_processor(spec: EmbeddedAutoUiPolicy) -> BlipImageProcessorPil:
    return BlipImageProcessorPil(
        size={"height": spec.image_size, "width": spec.image_size},
        # White maps to 0, as for the embedded default.
        image_mean=[1.0, 1.0, 1.0],
        image_std=[0.5, 0.5, 0.5],
    )
