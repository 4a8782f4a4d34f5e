"""AutoUI's network: T5 with a gate between encoder and decoder that lets an image in.

Shapes: N rows, P prompt tokens, L utterance tokens, D width of the model, F numbers that stand for an image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import EncoderDecoderCache, T5Config, T5ForConditionalGeneration
from transformers import initialization as init

BLIP2_FEATURES = 1408
"""Width of BLIP-2's vision encoder (EVA-ViT-g): F of the published checkpoints, whose configurations do not tell."""


@dataclass(frozen=True)
class Encoded:
    """What a decoder reads: fused encoder states [N, P, D] and a mask, True at tokens."""

    states_NPD: Tensor
    mask_NP: Tensor

    def rows(self, rows_A: Tensor) -> Encoded:
        """These rows alone."""
        return Encoded(self.states_NPD[rows_A], self.mask_NP[rows_A])


class T5ForMultimodalGeneration(T5ForConditionalGeneration):
    """Named, as its weights are, after the reference's class, so that checkpoints are exchanged with it.

    `config.image_feature_size` is F.
    """

    def __init__(self, config: T5Config) -> None:
        super().__init__(config)
        width = config.d_model
        self.image_dense = nn.Linear(getattr(config, "image_feature_size", BLIP2_FEATURES), width)
        self.mha_layer = nn.MultiheadAttention(embed_dim=width, num_heads=1, batch_first=True)
        self.gate_dense = nn.Linear(2 * width, width)
        self.post_init()  # type: ignore[no-untyped-call]

    def encode(self, tokens_NP: Tensor, mask_NP: Tensor, features_NF: Tensor, has_image_N: Tensor) -> Encoded:
        """Rows without an image keep the encoder's states, whatever stands in `features_NF` for them."""
        states_NPD = self.encoder(input_ids=tokens_NP, attention_mask=mask_NP).last_hidden_state
        fused_NPD = self.fuse(states_NPD, features_NF)
        return Encoded(torch.where(has_image_N[:, None, None], fused_NPD, states_NPD), mask_NP)

    def fuse(self, states_NPD: Tensor, features_NF: Tensor) -> Tensor:
        """(1 − gate) · states + gate · attended image, in which gate = σ(W [states, attended image])."""
        image_N1D = self.image_dense(features_NF).unsqueeze(1)
        attended_NPD, _ = self.mha_layer(states_NPD, image_N1D, image_N1D, need_weights=False)
        gate_NPD = torch.sigmoid(self.gate_dense(torch.cat([states_NPD, attended_NPD], dim=-1)))
        fused_NPD: Tensor = (1 - gate_NPD) * states_NPD + gate_NPD * attended_NPD
        return fused_NPD

    def decode(self, encoded: Encoded, tokens_NL: Tensor, cache: EncoderDecoderCache | None = None) -> Tensor:
        """Last hidden states [N, L, D] of the decoder, behind what `cache` holds, which grows by `tokens_NL`.

        Tokens are right-padded: none sees what stands behind it, so that padding needs no mask.
        """
        decoded: Tensor = self.decoder(
            input_ids=tokens_NL,
            encoder_hidden_states=encoded.states_NPD,
            encoder_attention_mask=encoded.mask_NP,
            past_key_values=cache,
            use_cache=cache is not None,
        ).last_hidden_state
        return decoded

    def vocabulary_logits(self, hidden_TD: Tensor) -> Tensor:
        """[T, V], in the precision of computation. The original T5 scales states before it compares them with its
        embeddings; versions with an output layer of their own do not."""
        scale = self.model_dim**-0.5 if self.config.scale_decoder_outputs else 1.0
        logits_TV: Tensor = self.lm_head(hidden_TD * scale)
        return logits_TV

    @property
    def start_token(self) -> int:
        """What the decoder reads first."""
        start: int | None = getattr(self.config, "decoder_start_token_id", None)
        padding: int = self.config.pad_token_id or 0
        return padding if start is None else start

    @torch.no_grad()
    def _init_weights(self, module: Any) -> None:
        """Fresh weights of the gate are of T5's size for its width. T5's own linear layers are set after this, with the
        modules that they are parts of."""
        super()._init_weights(module)  # type: ignore[no-untyped-call]
        if isinstance(module, nn.Linear):
            init.normal_(module.weight, std=self.config.initializer_factor * module.in_features**-0.5)
