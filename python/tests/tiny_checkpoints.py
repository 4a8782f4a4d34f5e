"""A random checkpoint of each family, a few thousand weights small, written as Hugging Face writes them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import torch
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2VLImageProcessorPil,
)

from conftest import PROMPT, UTTERANCES, build_params
from coso_worker.policies.embedded import train_tokenizer, write_embedded_checkpoint
from coso_worker.protocol import messages

FamilyName = Literal["llava_next", "qwen2_5_vl", "qwen2", "llama", "served"]
FAMILIES: tuple[FamilyName, ...] = ("llava_next", "qwen2_5_vl", "qwen2", "llama")
# `served` is a llama whose heads are as wide as vLLM's attention on the CPU takes them, with room for longer prompts.

# Qwen's: a turn ends with the token that also ends an utterance.
QWEN_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN_TOKENS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
# SmolLM2's: a system turn that nobody wrote stands before the user's.
SMOLLM_TEMPLATE = (
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Qwen's embeddings have more rows than its tokenizer has tokens.
SPARE_ROWS = 16
GRIDS = [[16, 16], [16, 32], [48, 16]]


def write_checkpoint(family: FamilyName, directory: Path, seed: int = 0) -> Path:
    """Returns the folder, in which a checkpoint of the family lies."""
    directory.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    match family:
        case "llava_next":
            _write_llava_next(directory, seed)
        case "qwen2_5_vl":
            _write_qwen2_5_vl(directory)
        case "qwen2":
            _write_qwen2(directory)
        case "llama":
            _write_llama(directory, head_size=8, longest=512)
        case "served":
            _write_llama(directory, head_size=32, longest=1024)
    return directory


def _write_llava_next(directory: Path, seed: int) -> None:
    spec = build_params(directory).policy
    assert isinstance(spec, messages.EmbeddedPolicy)
    write_embedded_checkpoint(spec, seed)
    # As the large ones have it: a wide or a tall image is cut into more tiles than a small one.
    _change(directory / "config.json", lambda config: config.update(image_grid_pinpoints=GRIDS))
    _change(
        directory / "processor_config.json",
        lambda config: config["image_processor"].update(image_grid_pinpoints=GRIDS),
    )


def _change(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    config = json.loads(file.read_text())
    change(config)
    file.write_text(json.dumps(config))


def _qwen_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer = train_tokenizer([PROMPT, "Answer in JSON.", *UTTERANCES], 320)
    tokenizer.add_special_tokens({"additional_special_tokens": QWEN_TOKENS})
    tokenizer.eos_token, tokenizer.unk_token = "<|im_end|>", None
    tokenizer.chat_template = QWEN_TEMPLATE
    return tokenizer


def _write_qwen2(directory: Path) -> None:
    tokenizer = _qwen_tokenizer()
    config = Qwen2Config(
        vocab_size=len(tokenizer) + SPARE_ROWS,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=512,
        initializer_range=0.08,
        # As in the smaller models of the family.
        tie_word_embeddings=True,
    )
    Qwen2ForCausalLM(config).save_pretrained(directory)
    tokenizer.save_pretrained(directory)


def _write_llama(directory: Path, *, head_size: int, longest: int) -> None:
    """As SmolLM2: padding is the end token, and y_null one that ends documents."""
    tokenizer = train_tokenizer([PROMPT, "Answer in JSON.", *UTTERANCES], 320)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]})
    tokenizer.bos_token, tokenizer.unk_token = "<|im_start|>", "<|endoftext|>"
    tokenizer.eos_token = tokenizer.pad_token = "<|im_end|>"
    tokenizer.chat_template = SMOLLM_TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=2 * head_size,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=longest,
        initializer_range=0.08,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(directory)
    tokenizer.save_pretrained(directory)


def _write_qwen2_5_vl(directory: Path) -> None:
    tokenizer = _qwen_tokenizer()
    token: Any = tokenizer.convert_tokens_to_ids
    config = Qwen2_5_VLConfig(
        text_config={
            "vocab_size": len(tokenizer) + SPARE_ROWS,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "max_position_embeddings": 512,
            "initializer_range": 0.08,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]},
        },
        vision_config={
            "depth": 2,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_heads": 2,
            "patch_size": 4,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 16,
            "fullatt_block_indexes": [1],
            "out_hidden_size": 16,
            "initializer_range": 0.08,
        },
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=False,
    )
    Qwen2_5_VLForConditionalGeneration(config).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    Qwen2VLImageProcessorPil(
        patch_size=4, merge_size=2, temporal_patch_size=2, min_pixels=16 * 16, max_pixels=64 * 64
    ).save_pretrained(directory)


if __name__ == "__main__":
    write_checkpoint(sys.argv[1], Path(sys.argv[2]))  # type: ignore[arg-type]
