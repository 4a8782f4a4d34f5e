"""What an agent really takes: standard input names checkpoints to write and how to build them, standard output is bytes
and counts by part. Run with `python/` and `python/tests` on the path."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from tiny_checkpoints import write_checkpoint

from coso_worker.agent import Agent, build_agent
from coso_worker.images import Image
from coso_worker.policies.policy import Prompt
from coso_worker.protocol import messages

ROWS, UTTERANCE, SIDE = 4, 24, 24


def measure(case: dict[str, Any]) -> dict[str, int]:
    """Writes the checkpoint where it is one of a family, builds, takes one optimiser step, counts."""
    if case["family"] is not None:
        write_checkpoint(case["family"], Path(case["build"]["policy"]["path"]))
    agent = build_agent(msgspec.convert(case["build"], messages.BuildParams))
    prompts = _prompts(agent, case["family"] != "qwen2")
    kept, length = _step(agent, prompts, case["stage"])
    everything = list(agent.policy.model.parameters())
    learning = agent.policy.learning_parameters()
    learning_ids = {id(parameter) for parameter in learning}
    moments = [
        tensor
        for parameter in learning
        for tensor in agent.policy_optimiser.state[parameter].values()
        if tensor.numel() > 1
    ]
    return {
        "frozenWeights": sum(_bytes(parameter) for parameter in everything if id(parameter) not in learning_ids),
        "learningWeights": sum(_bytes(parameter) for parameter in learning),
        "gradients": sum(_bytes(parameter.grad) for parameter in learning if parameter.grad is not None),
        "adamMoments": sum(_bytes(moment) for moment in moments),
        "valueHead": 4 * sum(_bytes(parameter) for parameter in agent.policy.value_head.parameters()),
        "scm": 4 * sum(_bytes(parameter) for parameter in agent.causal_model.parameters()),
        "kept": kept,
        "prompt": length,
    }


def _prompts(agent: Agent, sees_image: bool) -> list[Prompt]:
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    image = Image("shown", pixels) if sees_image else None
    # Of two lengths, so that there is padding, and with it a mask.
    texts = ["Move to the target." if row % 2 == 0 else "Move to the target. Now." for row in range(ROWS)]
    return agent.policy.encode(texts, [image] * ROWS)


def _step(agent: Agent, prompts: list[Prompt], stage: str) -> tuple[int, int]:
    """One step of Adam on a loss that reaches what PPO's reaches; what autograd kept for it, weights left out."""
    policy = agent.policy
    utterances = [torch.randint(5, 50, (UTTERANCE,)) for _ in prompts]
    weights = {parameter.untyped_storage().data_ptr() for parameter in policy.model.parameters()}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        pointer = tensor.untyped_storage().data_ptr()
        if pointer not in weights:
            kept.setdefault(pointer, tensor)
        return tensor

    with policy.learning(stage):  # type: ignore[arg-type]
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            hidden = policy.hidden(prompts, utterances)
        size = sum(tensor.untyped_storage().nbytes() for tensor in kept.values())
        loss = policy.logits(hidden.utterance_TH).square().mean() + policy.values(hidden.state_NH).square().mean()
        loss.backward()
    agent.policy_optimiser.step()
    return size, max(prompt.tokens_P.numel() for prompt in prompts)


def _bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


torch.set_num_threads(1)
json.dump([measure(case) for case in json.load(sys.stdin)], sys.stdout)
