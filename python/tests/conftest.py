"""A worker small enough for a test: real classes, real tokenizer, fresh weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import pytest
import torch

from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_tensor, int_tensor
from coso_worker.unfinished import Unfinished

R = TypeVar("R")

pytest_plugins = ["alfworld_games", "thor_machine"]

SIDE = 24
PROMPT = "Move to the target."
UTTERANCES = [
    '{"current": "1", "target": "3", "thoughts": "1 is below 3.", "action": "+"}',
    '{"current": "4", "target": "2", "thoughts": "I must go down.", "action": "-"}',
    '{"current": "0", "target": "5", "thoughts": "up", "action": "+"}',
]
LABELS = ["+", "-", "invalid"]

torch.set_num_threads(1)


def ignore_progress(done: int, total: int, metrics: Mapping[str, float] | None = None) -> None:
    """For calls whose progress nobody watches."""


def observations(rows: int, images: int = 3) -> tuple[messages.ObservationBatch, list[bytes]]:
    """`rows` prompts of two lengths over `images` random pictures."""
    pixels = np.random.default_rng(0).integers(0, 256, (images, SIDE, SIDE, 3), dtype=np.uint8)
    batch = messages.ObservationBatch(
        prompts=[PROMPT if row % 2 == 0 else f"{PROMPT} Answer in JSON." for row in range(rows)],
        images=messages.ImageBatch(frame=0, number=images, height=SIDE, width=SIDE),
        image_index=[row % images for row in range(rows)],
    )
    return batch, [pixels.tobytes()]


def build_params(
    directory: Path, seed: int = 1, *, old_log_probs: Literal["sampled", "recomputed"] = "sampled"
) -> messages.BuildParams:
    """The smallest agent that has every part."""
    return messages.BuildParams(
        seed=seed,
        device="cpu",
        dtype="float32",
        policy=messages.EmbeddedPolicy(
            directory=str(directory),
            corpus=[PROMPT, "Answer in JSON.", *UTTERANCES],
            vocabulary_size=320,
            tokens="words",
            hidden_size=16,
            layers=2,
            heads=2,
            image_size=16,
            patch_size=8,
            vision_hidden_size=16,
            vision_layers=1,
            initial_std=0.08,
        ),
        engine=messages.TransformersEngine(slots=64, own_process=False, cuda_device=None),
        old_log_probs=old_log_probs,
        factors=[messages.ActionFactor(name="action", labels=LABELS)],
        scm=messages.ScmSpec(
            encoder=messages.FreshEncoder(
                hidden_size=16, layers=1, heads=2, feed_forward_size=32, dropout=0.0, max_positions=96
            ),
            pooling="masked-mean",
        ),
        critics=None,
    )


def checkpoint_policy(
    path: Path,
    *,
    lora: messages.Lora | None = None,
    is_vision_frozen: bool = False,
    gradient_checkpointing: bool = False,
    attention: Literal["sdpa", "eager", "flash_attention_2"] = "sdpa",
) -> messages.CheckpointPolicy:
    """A checkpoint folder whose weights all learn."""
    return messages.CheckpointPolicy(
        path=str(path),
        lora=lora,
        is_vision_frozen=is_vision_frozen,
        gradient_checkpointing=gradient_checkpointing,
        attention=attention,
    )


@pytest.fixture
def handlers(tmp_path: Path) -> Handlers:
    """A worker that has been built."""
    worker = Handlers()
    worker.build(build_params(tmp_path / "embedded"), [], ignore_progress)
    return worker


@pytest.fixture
def act(handlers: Handlers) -> Callable[..., messages.ActResult]:
    """Samples `rows` utterances and keeps them under ids 0 … rows − 1."""

    def call(
        rows: int = 6,
        *,
        seed: int = 7,
        temperature: float = 0.7,
        greedy: bool = False,
        keep: bool = True,
        max_new_tokens: int = 12,
    ) -> messages.ActResult:
        batch, frames = observations(rows)
        return finished(
            handlers.act(
                messages.ActParams(
                    observations=batch,
                    step_ids=list(range(rows)) if keep else None,
                    temperature=temperature,
                    greedy=greedy,
                    max_new_tokens=max_new_tokens,
                    seed=seed,
                    policy="present",
                ),
                frames,
                ignore_progress,
            )
        )

    return call


def finished(reply: R | Unfinished[R]) -> R:
    """What a handler returns, waited for where it is in the making elsewhere."""
    return reply.result() if isinstance(reply, Unfinished) else reply


def labels_of(labels: Sequence[int]) -> messages.Tensor:
    """One factor's labels as the wire carries them."""
    return int_tensor(np.array(labels).reshape(-1, 1))


def uniform_entropy(coefficient: float, reduction: Literal["sum", "mean"] = "sum") -> messages.EntropyTerm:
    """RL + H."""
    return messages.EntropyTerm(weights=messages.UniformTokens(), coefficient=coefficient, reduction=reduction)


def causal_entropy(coefficient: float, reduction: Literal["sum", "mean"] = "sum") -> messages.EntropyTerm:
    """CoSo."""
    return messages.EntropyTerm(weights=messages.CausalTokens(floor=0), coefficient=coefficient, reduction=reduction)


def update_params(
    rows: int,
    *,
    micro_batch: int = 64,
    entropy: messages.EntropyTerm | None = None,
    gradient: messages.GradientTerm | None = None,
    kl: messages.KlTerm | None = None,
    value_only: bool = False,
    value_gradient: Literal["shared", "detached"] = "shared",
    learning_rate: float = 1e-2,
    epochs: int = 1,
    advantages: Sequence[float] | None = None,
    truncation: float | None = None,
    largest_mean: float | None = None,
) -> messages.UpdatePolicyParams:
    """An update over steps 0 … rows − 1 with distinct advantages and targets."""
    return messages.UpdatePolicyParams(
        step_ids=list(range(rows)),
        advantages=float_tensor(np.linspace(-1, 1, rows) if advantages is None else np.array(advantages)),
        returns=float_tensor(np.linspace(0, 2, rows)),
        action_starts=[4 if row % 3 else None for row in range(rows)],
        action_spans=int_tensor(np.array([[5, 6] if row % 3 else [-1, -1] for row in range(rows)])),
        algorithm=messages.PpoSettings(
            clip=0.2,
            value_clip=0.2,
            value_coefficient=0.5,
            value_gradient=value_gradient,
            ratio_guard=10.0,
            thought_coefficient=0.5,
            epochs=epochs,
            batch_size=rows,
            micro_batch=micro_batch,
            learning_rate=learning_rate,
            value_learning_rate=learning_rate,
            max_grad_norm=1e6,
            value_only=value_only,
        ),
        entropy=entropy,
        gradient=messages.UniformTokens() if gradient is None else gradient,
        kl=kl,
        mismatch=messages.MismatchHandling(truncation=truncation, largest_mean=largest_mean),
        temperature=0.7,
        seed=5,
    )
