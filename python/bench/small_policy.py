"""The policy of the benchmarks: a LLaVA-NeXT of any size with fresh weights, the same in every process."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass

import numpy as np
import torch
from transformers import AutoModelForImageTextToText

from coso_worker.images import Image
from coso_worker.policies.embedded import write_embedded_checkpoint
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt
from coso_worker.protocol import messages

WORDS = [
    "the",
    "image",
    "shows",
    "a",
    "target",
    "and",
    "a",
    "current",
    "number",
    "so",
    "which",
    "action",
    "brings",
    "them",
    "closer",
    "in",
    "valid",
    "json",
]
SIDE = 64


@dataclass(frozen=True)
class PolicySizes:
    """`vocabulary` rows of embeddings; the tokenizer has fewer, as a large model's share of words that a task never
    uses."""

    vocabulary: int
    hidden_size: int
    layers: int


def small_policy(sizes: PolicySizes) -> HuggingFacePolicy:
    """On the CPU, in float32."""
    with tempfile.TemporaryDirectory() as directory:
        spec = messages.EmbeddedPolicy(
            directory=directory,
            corpus=[" ".join(WORDS)],
            vocabulary_size=400,
            tokens="words",
            hidden_size=sizes.hidden_size,
            layers=sizes.layers,
            heads=4,
            image_size=SIDE,
            patch_size=16,
            vision_hidden_size=sizes.hidden_size,
            vision_layers=1,
            initial_std=0.05,
        )
        write_embedded_checkpoint(spec, 0)
        torch.manual_seed(0)
        model = AutoModelForImageTextToText.from_pretrained(directory)
        model.resize_token_embeddings(sizes.vocabulary, mean_resizing=False)
        model.save_pretrained(directory)
        checkpoint = messages.CheckpointPolicy(
            path=directory, lora=None, is_vision_frozen=False, gradient_checkpointing=False, attention="sdpa"
        )
        return HuggingFacePolicy(checkpoint, device=torch.device("cpu"), dtype=torch.float32, seed=0)


def prompts_of(policy: HuggingFacePolicy, count: int, shortest: int, longest: int) -> list[Prompt]:
    """Random words, `shortest` to `longest` of them, each with a picture of its own."""
    draw = random.Random(0)
    pixels = np.random.default_rng(0).integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)
    texts = [" ".join(draw.choices(WORDS, k=draw.randint(shortest, longest))) for _ in range(count)]
    return policy.encode(texts, [Image(str(n), pixels[n]) for n in range(count)])
