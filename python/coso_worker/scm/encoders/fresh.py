"""A BERT with fresh weights over the policy's vocabulary: the paper's SCM."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from transformers import BertConfig, BertModel

from coso_worker.scm.encoders.encoder import Encoder


@dataclass(frozen=True)
class FreshEncoderSize:
    """With a vocabulary of 32,000, `FreshEncoderSize(32_000, 256, 3, 4, 1024, 0.1, 512)` has the paper's 0.01B."""

    vocabulary_size: int
    hidden_size: int
    layers: int
    heads: int
    feed_forward_size: int
    dropout: float
    max_positions: int
    """Longest utterance, in tokens; the rest is cut off."""


class FreshEncoder(Encoder):
    """Reads the policy's tokens themselves."""

    def __init__(self, size: FreshEncoderSize) -> None:
        super().__init__()
        self.hidden_size = size.hidden_size
        self.max_positions = size.max_positions
        self.bert = BertModel(
            BertConfig(
                vocab_size=size.vocabulary_size,
                hidden_size=size.hidden_size,
                num_hidden_layers=size.layers,
                num_attention_heads=size.heads,
                intermediate_size=size.feed_forward_size,
                hidden_dropout_prob=size.dropout,
                attention_probs_dropout_prob=size.dropout,
                max_position_embeddings=size.max_positions,
                type_vocab_size=1,
            ),
            add_pooling_layer=False,
        )

    def forward(self, tokens_NL: Tensor, mask_NL: Tensor) -> tuple[Tensor, Tensor]:
        return self.from_embeddings(self.word_embeddings(tokens_NL), mask_NL)

    def word_embeddings(self, tokens_NL: Tensor) -> Tensor:
        """float32 [N, L, H], before positions are added."""
        embedded_NLH: Tensor = self.bert.get_input_embeddings()(tokens_NL)
        return embedded_NLH

    def from_embeddings(self, embedded_NLH: Tensor, mask_NL: Tensor) -> tuple[Tensor, Tensor]:
        """What `forward` gives, from word embeddings."""
        embedded_NKH, mask_NK = embedded_NLH[:, : self.max_positions], mask_NL[:, : self.max_positions]
        return self.bert(inputs_embeds=embedded_NKH, attention_mask=mask_NK).last_hidden_state, mask_NK
