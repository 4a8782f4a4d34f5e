"""One side of the benchmark of sampling. Usage: `python -m bench.generation SIDE SIZES`; each line of standard input
asks for one round, and is answered by a JSON line.

- `ours`: one left-padded batch, log-probs kept from sampling.
- `reference`: as RL4VLM samples, one observation after the other with `generate`, then a second pass over prompt and
  utterance for its log-probs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import process_time

import torch
from torch import Tensor

from bench.small_policy import PolicySizes, prompts_of, small_policy
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Prompt

TEMPERATURE = 0.5
VALUE_OF_AN_UNSAMPLED_TOKEN = -1e9


@dataclass(frozen=True)
class Sizes(PolicySizes):
    """`observations` prompts of `shortest` to `longest` words, answered by at most `new_tokens` tokens."""

    observations: int
    shortest: int
    longest: int
    new_tokens: int


@dataclass(frozen=True)
class Round:
    """CPU seconds, tokens drawn, and how far their log-probs are from those of a training pass."""

    seconds: float
    tokens: int
    max_abs_diff: float


Drawn = tuple[list[Tensor], list[Tensor]]
"""Tokens and log-probs of each utterance."""


def sample_ours(policy: HuggingFacePolicy, prompts: list[Prompt], new_tokens: int) -> Drawn:
    sampled = policy.sample(
        prompts,
        temperature=TEMPERATURE,
        greedy=False,
        max_new_tokens=new_tokens,
        generator=torch.Generator().manual_seed(0),
    )
    return sampled.tokens, sampled.log_probs


@torch.no_grad()
def sample_reference(policy: HuggingFacePolicy, prompts: list[Prompt], new_tokens: int) -> Drawn:
    torch.manual_seed(0)
    tokens, log_probs = [], []
    for prompt in prompts:
        ids_1P = prompt.tokens_P.unsqueeze(0)
        inputs = policy.vision_inputs([prompt])
        written_1S = policy.model.generate(
            input_ids=ids_1P,
            attention_mask=torch.ones_like(ids_1P),
            do_sample=True,
            temperature=TEMPERATURE,
            top_k=0,
            max_new_tokens=new_tokens,
            suppress_tokens=sorted(policy.forbidden_tokens),
            pad_token_id=policy.null_token,
            **inputs,
        )
        tokens_L = written_1S[0, ids_1P.shape[1] :]
        logits_1SV = policy.model(
            input_ids=written_1S, attention_mask=torch.ones_like(written_1S), use_cache=False, **inputs
        ).logits
        logits_LV = logits_1SV[0, ids_1P.shape[1] - 1 : -1].float()
        logits_LV[:, sorted(policy.forbidden_tokens)] = VALUE_OF_AN_UNSAMPLED_TOKEN
        log_probs_LV = torch.log_softmax(logits_LV / TEMPERATURE, dim=-1)
        tokens.append(tokens_L)
        log_probs.append(log_probs_LV.gather(-1, tokens_L.unsqueeze(-1)).squeeze(-1))
    return tokens, log_probs


@torch.no_grad()
def training_log_probs(policy: HuggingFacePolicy, prompts: list[Prompt], tokens: list[Tensor]) -> Tensor:
    log_probs_TV = torch.log_softmax(policy.logits(policy.hidden(prompts, tokens).utterance_TH) / TEMPERATURE, dim=-1)
    return log_probs_TV.gather(-1, torch.cat(tokens).unsqueeze(-1)).squeeze(-1)


def play_round(
    sample: Callable[[HuggingFacePolicy, list[Prompt], int], Drawn],
    policy: HuggingFacePolicy,
    prompts: list[Prompt],
    new_tokens: int,
) -> Round:
    started = process_time()
    tokens, log_probs = sample(policy, prompts, new_tokens)
    seconds = process_time() - started
    gap_T = torch.cat(log_probs) - training_log_probs(policy, prompts, tokens)
    return Round(seconds, sum(tokens_L.numel() for tokens_L in tokens), float(gap_T.abs().max()))


def main() -> None:
    sample, sizes = (sample_ours if sys.argv[1] == "ours" else sample_reference), Sizes(**json.loads(sys.argv[2]))
    torch.set_num_threads(1)
    policy = small_policy(sizes)
    prompts = prompts_of(policy, sizes.observations, sizes.shortest, sizes.longest)
    # What torch loads and lays out on first use belongs to neither side.
    sample(policy, prompts[:1], 2)
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(asdict(play_round(sample, policy, prompts, sizes.new_tokens))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
