"""AutoUI's two folders as the reference and Salesforce lay them out, a few thousand weights small, with T5's own
tokenizer class and a whole BLIP-2."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import (
    Blip2Config,
    Blip2Model,
    T5Config,
    T5ForConditionalGeneration,
    T5Tokenizer,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

FEATURES = 24
WIDTH = 16
EXTRA_ROWS = 8
"""Rows of the embedding that no token has, as in T5."""
PROMPTS = [
    "Previous Actions: Goal: open the settings",
    'Previous Actions: "action_type": "PRESS_BACK", "touch_point": "[-1.0, -1.0]" Goal: open the browser and search',
]
UTTERANCES = [
    'Action Plan: [PRESS_HOME] ; Action Decision: "action_type": "PRESS_HOME", "typed_text": ""',
    'Action Plan: [TYPE,PRESS_ENTER] ; Action Decision: "action_type": "TYPE", "typed_text": "shoes"',
    'Action Plan: [DUAL_POINT] ; Action Decision: "action_type": "DUAL_POINT", "touch_point": "[0.7852, 0.6779]"',
]


def write_autoui(folder: Path, *, is_tied: bool = True, seed: int = 0) -> Path:
    """A T5 of the original kind, or, with `is_tied` False, of version 1.1, with an output layer of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = t5_tokenizer()
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    configuration: Any = T5Config
    config = configuration(
        vocab_size=len(tokenizer) + EXTRA_ROWS,
        d_model=WIDTH,
        d_kv=8,
        d_ff=32,
        num_layers=2,
        num_heads=2,
        decoder_start_token_id=0,
        feed_forward_proj="relu" if is_tied else "gated-gelu",
        tie_word_embeddings=is_tied,
    )
    t5 = T5ForConditionalGeneration(config)
    if not is_tied:
        t5.lm_head.weight = nn.Parameter(torch.randn_like(t5.shared.weight))
    t5.save_pretrained(folder)
    # What the reference adds, by the names of its modules, in the file beside T5's.
    weights = load_file(folder / "model.safetensors")
    save_file({**weights, **fusion_weights()}, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def fusion_weights() -> dict[str, Tensor]:
    """Named and shaped as torch's own modules have them."""
    modules = {
        "image_dense": nn.Linear(FEATURES, WIDTH),
        "mha_layer": nn.MultiheadAttention(WIDTH, num_heads=1, batch_first=True),
        "gate_dense": nn.Linear(2 * WIDTH, WIDTH),
    }
    return {
        f"{name}.{key}": torch.randn_like(weight) * 0.5
        for name, module in modules.items()
        for key, weight in module.state_dict().items()
    }


def as_bin(folder: Path) -> Path:
    """The same weights in torch's own format, in which Auto-UI-Base is published."""
    weights = load_file(folder / "model.safetensors")
    torch.save(weights, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    return folder


def change_weights(folder: Path, changes: dict[str, Tensor | None]) -> None:
    """Replaces weights by name; None takes one away."""
    file = folder / "model.safetensors"
    weights: dict[str, Tensor | None] = {**load_file(file), **changes}
    save_file({name: each for name, each in weights.items() if each is not None}, file, metadata={"format": "pt"})


def t5_tokenizer() -> T5Tokenizer:
    """Words of letters and single characters of the texts above, with T5's markers of spaces; none for braces."""
    texts = [*PROMPTS, *UTTERANCES]
    words = sorted({word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)})
    characters = sorted({character for text in texts for character in text if character != " "})
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(piece, -2.0) for word in words for piece in (f"▁{word}", word)]
    pieces += [(piece, -6.0) for piece in ("▁", *characters) if piece not in words]
    return T5Tokenizer(vocab=pieces, extra_ids=4)


def write_blip2(folder: Path, seed: int = 0) -> Path:
    """A BLIP-2 with all its parts, of which AutoUI reads one."""
    torch.manual_seed(seed)
    size = {"hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1}
    config = Blip2Config(
        vision_config={
            "hidden_size": FEATURES,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 16,
            "patch_size": 8,
            "initializer_range": 0.3,
        },
        qformer_config={**size, "intermediate_size": 8, "encoder_hidden_size": FEATURES, "vocab_size": 20},
        text_config={
            "model_type": "opt",
            **size,
            "ffn_dim": 8,
            "vocab_size": 40,
            "word_embed_proj_dim": 8,
            "max_position_embeddings": 16,
        },
    )
    Blip2Model(config).save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 16, "width": 16}).save_pretrained(folder)
    return folder
