"""Both engines side by side: `python -m bench.engines CHECKPOINT --vllm PYTHON`.

One line of JSON. Rollouts of `--rows` prompts of random tokens, of up to `--tokens` tokens each: tokens a second of
each engine, what starting vLLM and handing weights over takes, and how far its log-probs are from the policy's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import torch

from coso_worker.build_policy import DTYPES
from coso_worker.engines import OwnEngine, RolloutEngine, SeparateEngine
from coso_worker.engines.copies import VllmCopy
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt, Sampled, Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.protocol import messages


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.engines")
    parser.add_argument("checkpoint")
    parser.add_argument("--vllm", required=True, help="interpreter of vLLM's environment")
    parser.add_argument("--dtype", choices=sorted(DTYPES), default="float32")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--prompt", type=int, default=200, help="tokens of a prompt")
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--temperature", type=float, default=1.0)
    arguments = parser.parse_args()

    spec = messages.CheckpointPolicy(
        path=arguments.checkpoint, lora=None, is_vision_frozen=False, gradient_checkpointing=False, attention="sdpa"
    )
    device = torch.device(arguments.device)
    policy = HuggingFacePolicy(spec, device=device, dtype=DTYPES[arguments.dtype], seed=0)
    allowed = torch.tensor(sorted(set(range(policy.vocabulary_size)) - policy.forbidden_tokens))
    generator = torch.Generator().manual_seed(0)
    drawn_NP = allowed[torch.randint(len(allowed), (arguments.rows, arguments.prompt), generator=generator)]
    prompts = [Prompt(tokens_P, None) for tokens_P in drawn_NP]

    def timed(engine: RolloutEngine) -> tuple[Sampled, float]:
        draws_NL = row_draws(1, arguments.rows, arguments.tokens)
        started = time.perf_counter()
        sampled = engine.begin(prompts, Sampling(arguments.temperature, arguments.tokens, draws_NL)).result()
        return sampled, sum(map(len, sampled.tokens)) / (time.perf_counter() - started)

    own = OwnEngine(policy, slots=arguments.slots)
    vllm_spec = messages.VllmEngine(
        python=arguments.vllm,
        slots=arguments.slots,
        memory_share=0.4,
        cache_gigabytes=None,
        sleep=False,
        cuda_device=None,
    )
    started = time.perf_counter()
    copy = VllmCopy(policy, vllm_spec, checkpoint=arguments.checkpoint, dtype=arguments.dtype)
    vllm = SeparateEngine(policy, copy, old_log_probs="recomputed")
    start_seconds = time.perf_counter() - started
    # Once each before anything is timed.
    timed(own), timed(vllm)
    _, own_rate = timed(own)
    sampled, vllm_rate = timed(vllm)
    gaps = torch.cat(sampled.drawn_log_probs or []) - torch.cat(sampled.log_probs)
    vllm.policy_changed()
    [one], only = prompts[:1], Sampling(arguments.temperature, 1, row_draws(1, 1, 1))
    started = time.perf_counter()
    vllm.sample([one], only)
    hand_over_seconds = time.perf_counter() - started
    vllm.close()
    answer = {
        "ownTokensPerSecond": own_rate,
        "vllmTokensPerSecond": vllm_rate,
        "startSeconds": start_seconds,
        "handOverSeconds": hand_over_seconds,
        "tokens": gaps.numel(),
        "largestGap": float(gaps.abs().max()),
        "meanGap": float(gaps.abs().mean()),
    }
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
