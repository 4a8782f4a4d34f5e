"""A LLaVA-NeXT checkpoint of any shape with random weights, for speed and memory where there is no download.

Run as `python -m bench.random_checkpoint DIRECTORY SHAPE CORPUS`: a shape as ts/plan/shapes.ts has it, and texts that
the tokenizer learns its words from, both as JSON. Weights are made on the CUDA device where there is one, in bfloat16.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import torch
from transformers import (
    CLIPVisionConfig,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    LlavaNextImageProcessorPil,
    LlavaNextProcessor,
    MistralConfig,
    PreTrainedTokenizerFast,
)

from coso_worker.policies.embedded import CHAT_TEMPLATE, IMAGE, train_tokenizer

WORDS = 1024
CLASS_TOKEN = 1


class TextShape(msgspec.Struct, rename="camel"):
    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    key_value_heads: int
    head_size: int
    vocabulary_size: int
    context_length: int


class TiledVision(msgspec.Struct, rename="camel"):
    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    image_size: int
    patch_size: int
    pinpoints: list[tuple[int, int]]
    used_layers: int


class Shape(msgspec.Struct, rename="camel"):
    text: TextShape
    vision: TiledVision


def write_random_checkpoint(directory: Path, shape: Shape, corpus: list[str]) -> None:
    """Writes weights, configuration, tokenizer and processor into `directory`, which is made."""
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(corpus, WORDS)
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
            model = LlavaNextForConditionalGeneration(_configuration(shape, tokenizer))
    finally:
        torch.set_default_dtype(before)
    model.save_pretrained(directory)
    _processor(shape.vision, tokenizer).save_pretrained(directory)


def _configuration(shape: Shape, tokenizer: PreTrainedTokenizerFast) -> LlavaNextConfig:
    text, vision = shape.text, shape.vision
    return LlavaNextConfig(
        text_config=MistralConfig(
            vocab_size=text.vocabulary_size,
            hidden_size=text.hidden_size,
            intermediate_size=text.intermediate_size,
            num_hidden_layers=text.layers,
            num_attention_heads=text.heads,
            num_key_value_heads=text.key_value_heads,
            head_dim=text.head_size,
            max_position_embeddings=text.context_length,
            sliding_window=None,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        ),
        vision_config=CLIPVisionConfig(
            hidden_size=vision.hidden_size,
            intermediate_size=vision.intermediate_size,
            num_hidden_layers=vision.layers,
            num_attention_heads=vision.heads,
            image_size=vision.image_size,
            patch_size=vision.patch_size,
        ),
        image_token_index=tokenizer.get_vocab()[IMAGE],
        image_grid_pinpoints=[list(pinpoint) for pinpoint in vision.pinpoints],
        vision_feature_layer=vision.used_layers - vision.layers - 1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=False,
    )


def _processor(vision: TiledVision, tokenizer: PreTrainedTokenizerFast) -> Any:
    side = vision.image_size
    return LlavaNextProcessor(
        image_processor=LlavaNextImageProcessorPil(
            size={"shortest_edge": side},
            crop_size={"height": side, "width": side},
            image_grid_pinpoints=[list(pinpoint) for pinpoint in vision.pinpoints],
        ),
        tokenizer=tokenizer,
        patch_size=vision.patch_size,
        vision_feature_select_strategy="default",
        chat_template=CHAT_TEMPLATE,
        image_token=IMAGE,
        num_additional_image_tokens=CLASS_TOKEN,
    )


if __name__ == "__main__":
    folder, shape_json, corpus_json = sys.argv[1:]
    write_random_checkpoint(
        Path(folder), msgspec.json.decode(shape_json, type=Shape), msgspec.json.decode(corpus_json, type=list[str])
    )
