"""A BERT of a few thousand weights with a WordPiece tokenizer of its own, saved as a real checkpoint is."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, BertTokenizer

WORDS = ["current", "target", "think", "action", "up", "down", "is", "below", "un", "##happy", "happy", "##ing", "go"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
MARKS = list('{}[]":,.+-?!_<>')
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_tiny_bert(folder: Path, seed: int = 0) -> Path:
    """Lower-cased words of `WORDS` whole or in parts, all others in letters; dropout 0.1; 64 positions."""
    vocabulary = [*SPECIAL, *MARKS, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    backend = Tokenizer(models.WordPiece({word: i for i, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=True)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.decoder = decoders.WordPiece()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # Real checkpoints carry such settings, too; they must not cut or pad what the SCM reads.
    backend.enable_truncation(8)
    backend.enable_padding(length=8)
    BertTokenizer(tokenizer_object=backend, model_max_length=64).save_pretrained(folder)
    torch.manual_seed(seed)
    bert = BertModel(
        BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
            initializer_range=0.2,
        )
    )
    bert.save_pretrained(folder)
    return folder
