"""Writes the embedded default: a small LLaVA-NeXT from a configuration, with fresh weights and a tokenizer trained on
the domain's text. What is written is an ordinary checkpoint folder; nothing after this file knows that it is small."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPVisionConfig,
    LlamaConfig,
    LlavaNextConfig,
    LlavaNextForConditionalGeneration,
    LlavaNextImageProcessorPil,
    LlavaNextProcessor,
    PreTrainedTokenizerFast,
)

from coso_worker.protocol.messages import EmbeddedPolicy

UNKNOWN, PADDING, BEGIN, END, IMAGE = "<unk>", "<pad>", "<s>", "</s>", "<image>"

# One user turn: the image first, then the text. The utterance follows at once.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endfor %}\n"
)

# What no token reaches across, each with the space before it. Of `words`, digits and punctuation marks stand on their
# own, so that what decides an action is a token of its own: a coordinate takes six. `fields` may be one token each, but
# never the two halves of `15:45`: of times that no demonstration has, nothing would be known.
BOUNDARIES = {
    "words": Regex(r" ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]|\s+"),
    "fields": Regex(r" ?[^\s:]+:?| ?:|\s+"),
}

MAX_POSITIONS = 4096


def write_embedded_checkpoint(spec: EmbeddedPolicy, seed: int) -> None:
    """Writes tokenizer, processor, configuration and initial weights into `spec.directory`."""
    directory = Path(spec.directory)
    directory.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(list(spec.corpus), spec.vocabulary_size, BOUNDARIES[spec.tokens])
    processor: Any = LlavaNextProcessor(
        image_processor=_image_processor(spec),
        tokenizer=tokenizer,
        patch_size=spec.patch_size,
        vision_feature_select_strategy="default",
        chat_template=CHAT_TEMPLATE,
        image_token=IMAGE,
        num_additional_image_tokens=1,
    )
    torch.manual_seed(seed)
    model = LlavaNextForConditionalGeneration(_configuration(spec, tokenizer))
    model.save_pretrained(directory)
    processor.save_pretrained(directory)


def train_tokenizer(
    corpus: list[str], vocabulary_size: int, boundaries: Regex = BOUNDARIES["words"]
) -> PreTrainedTokenizerFast:
    """Byte-level BPE over `corpus`; any string can be encoded and comes back unchanged."""
    # More than one thread may order ties between merges differently from run to run.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(boundaries, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[UNKNOWN, PADDING, BEGIN, END, IMAGE],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token=UNKNOWN,
        pad_token=PADDING,
        bos_token=BEGIN,
        eos_token=END,
        extra_special_tokens={"image_token": IMAGE},
        clean_up_tokenization_spaces=False,
    )


def _image_processor(spec: EmbeddedPolicy) -> LlavaNextImageProcessorPil:
    side = spec.image_size
    return LlavaNextImageProcessorPil(
        size={"shortest_edge": side},
        crop_size={"height": side, "width": side},
        image_grid_pinpoints=[[side, side]],
        # White maps to 0: from fresh weights a small tower learns ink on paper, not a bright constant.
        image_mean=[1.0, 1.0, 1.0],
        image_std=[0.5, 0.5, 0.5],
    )


def _configuration(spec: EmbeddedPolicy, tokenizer: PreTrainedTokenizerFast) -> LlavaNextConfig:
    text = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=spec.hidden_size,
        intermediate_size=4 * spec.hidden_size,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        num_key_value_heads=spec.heads,
        max_position_embeddings=MAX_POSITIONS,
        initializer_range=spec.initial_std,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    vision = CLIPVisionConfig(
        hidden_size=spec.vision_hidden_size,
        intermediate_size=4 * spec.vision_hidden_size,
        num_hidden_layers=spec.vision_layers,
        num_attention_heads=spec.heads,
        image_size=spec.image_size,
        patch_size=spec.patch_size,
        initializer_range=spec.initial_std,
        # CLIP scales its initial weights by this factor rather than by `initializer_range`, of which 0.02 is the usual.
        initializer_factor=spec.initial_std / 0.02,
    )
    config = LlavaNextConfig(
        vision_config=vision,
        text_config=text,
        image_token_index=tokenizer.get_vocab()[IMAGE],
        image_grid_pinpoints=[[spec.image_size, spec.image_size]],
        # The tower has few layers: its last one, not the one before it as in the 7B.
        vision_feature_layer=-1,
        vision_feature_select_strategy="default",
        tie_word_embeddings=False,
    )
    config.initializer_range = spec.initial_std
    return config
