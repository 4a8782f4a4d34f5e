"""What `bench.random_checkpoint` writes is a checkpoint like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from bench.random_checkpoint import Shape, TextShape, TiledVision, write_random_checkpoint
from conftest import PROMPT, UTTERANCES, checkpoint_policy
from coso_worker.images import Image
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Sampling
from coso_worker.policies.sampling import row_draws

SHAPE = Shape(
    text=TextShape(
        hidden_size=32,
        intermediate_size=48,
        layers=2,
        heads=4,
        key_value_heads=2,
        head_size=8,
        vocabulary_size=2048,
        context_length=4096,
    ),
    vision=TiledVision(
        hidden_size=16,
        intermediate_size=32,
        layers=3,
        heads=2,
        image_size=336,
        patch_size=14,
        pinpoints=[(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)],
        used_layers=2,
    ),
)


def test_the_policy_has_the_shape_and_sees_an_image_as_the_published_checkpoint_does(tmp_path: Path) -> None:
    write_random_checkpoint(tmp_path, SHAPE, [PROMPT, *UTTERANCES])
    policy = HuggingFacePolicy(checkpoint_policy(tmp_path), device=torch.device("cpu"), dtype=torch.float32, seed=0)
    decoder = policy.model.get_decoder()
    attention = decoder.layers[0].self_attn
    assert len(decoder.layers) == 2
    assert attention.k_proj.weight.shape == (16, 32)
    assert policy.model.get_output_embeddings().weight.shape == (2048, 32)
    assert policy.model.config.vision_feature_layer == -2
    pixels = np.zeros((300, 300, 3), dtype=np.uint8)
    [prompt] = policy.encode([PROMPT], [Image("black", pixels)])
    # Of a 300 × 300 image: 576 of the overview, and 600 of two tiles that are cropped to its proportions.
    assert int((prompt.tokens_P == policy.model.config.image_token_id).sum()) == 1176
    drawn = policy.sample([prompt], Sampling(1.0, 3, row_draws(0, 1, 3)), slots=1)
    assert len(drawn.tokens[0]) <= 3
