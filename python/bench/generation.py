"""One side of the benchmark of sampling. Usage: `python -m bench.generation SIDE SIZES`; each line of standard input
asks for one round, and is answered by a JSON line.

- `ours`: slots that are filled again, log-probs kept from sampling.
- `generate`: the model's own `generate`, as many observations at once as we have slots; it gives tokens alone.
- `one-by-one`: as RL4VLM samples, one observation after the other with `generate`, then a second pass over prompt and
  utterance for its log-probs.

The weights are random, so nothing ends an utterance by itself: the token that takes the end token's part is the one
whose first places in greedy utterances are half of `new_tokens` on average. With `ends` 0 there is none, and all
utterances are of one length.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from statistics import mean
from time import process_time

import torch
from torch import Tensor

from bench.small_policy import PolicySizes, prompts_of, small_policy
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.padding import pad_left
from coso_worker.policies.policy import Prompt, Sampling
from coso_worker.policies.sampling import row_draws

TEMPERATURE = 0.5
VALUE_OF_AN_UNSAMPLED_TOKEN = -1e9
NO_TOKEN = -1


@dataclass(frozen=True)
class Sizes(PolicySizes):
    """`observations` prompts of `shortest` to `longest` words, answered by at most `new_tokens` tokens."""

    observations: int
    shortest: int
    longest: int
    new_tokens: int
    slots: int
    greedy: int
    """1: the likeliest token each time; 0: drawn."""
    ends: int
    """1: utterances end at lengths of their own; 0: all are of `new_tokens`."""


@dataclass(frozen=True)
class Round:
    """CPU seconds, tokens drawn, and how far their log-probs are from those of a training pass."""

    seconds: float
    tokens: int
    max_abs_diff: float
    digest: str
    """Of the tokens."""


@dataclass(frozen=True)
class Drawn:
    """Tokens of each utterance, and their log-probs from the sides that give any."""

    tokens: list[Tensor]
    log_probs: list[Tensor]


def sample_ours(policy: HuggingFacePolicy, prompts: list[Prompt], sizes: Sizes) -> Drawn:
    draws_NL = None if sizes.greedy else row_draws(0, len(prompts), sizes.new_tokens)
    sampled = policy.sample(prompts, Sampling(TEMPERATURE, sizes.new_tokens, draws_NL), slots=sizes.slots)
    return Drawn(sampled.tokens, sampled.log_probs)


@torch.no_grad()
def sample_generate(policy: HuggingFacePolicy, prompts: list[Prompt], sizes: Sizes) -> Drawn:
    torch.manual_seed(0)
    tokens: list[Tensor] = []
    for start in range(0, len(prompts), sizes.slots):
        part = prompts[start : start + sizes.slots]
        ids_NP, mask_NP = pad_left([prompt.tokens_P for prompt in part], policy.null_token)
        written_NS = generate(policy, sizes, ids_NP, mask_NP.long(), policy.vision_inputs(part))
        tokens += [until_end(row_L, policy.end_token) for row_L in written_NS[:, ids_NP.shape[1] :]]
    return Drawn(tokens, [])


@torch.no_grad()
def sample_one_by_one(policy: HuggingFacePolicy, prompts: list[Prompt], sizes: Sizes) -> Drawn:
    torch.manual_seed(0)
    tokens, log_probs = [], []
    for prompt in prompts:
        ids_1P = prompt.tokens_P.unsqueeze(0)
        inputs = policy.vision_inputs([prompt])
        written_1S = generate(policy, sizes, ids_1P, torch.ones_like(ids_1P), inputs)
        tokens_L = written_1S[0, ids_1P.shape[1] :]
        logits_1SV = policy.model(
            input_ids=written_1S, attention_mask=torch.ones_like(written_1S), use_cache=False, **inputs
        ).logits
        logits_LV = logits_1SV[0, ids_1P.shape[1] - 1 : -1].float()
        logits_LV[:, sorted(policy.forbidden_tokens)] = VALUE_OF_AN_UNSAMPLED_TOKEN
        log_probs_LV = torch.log_softmax(logits_LV / TEMPERATURE, dim=-1)
        tokens.append(tokens_L)
        log_probs.append(log_probs_LV.gather(-1, tokens_L.unsqueeze(-1)).squeeze(-1))
    return Drawn(tokens, log_probs)


def generate(
    policy: HuggingFacePolicy, sizes: Sizes, ids_NP: Tensor, mask_NP: Tensor, vision_inputs: dict[str, Tensor]
) -> Tensor:
    """Prompts and utterances [N, S] by the model's own method."""
    how = {"do_sample": False} if sizes.greedy else {"do_sample": True, "temperature": TEMPERATURE, "top_k": 0}
    written_NS: Tensor = policy.model.generate(
        input_ids=ids_NP,
        attention_mask=mask_NP,
        max_new_tokens=sizes.new_tokens,
        suppress_tokens=sorted(policy.forbidden_tokens),
        eos_token_id=policy.end_token,
        pad_token_id=policy.null_token,
        **how,
        **vision_inputs,
    )
    return written_NS


def until_end(tokens_L: Tensor, end: int) -> Tensor:
    ends = (tokens_L == end).nonzero()
    return tokens_L if ends.numel() == 0 else tokens_L[: int(ends[0]) + 1]


def choose_end(policy: HuggingFacePolicy, prompts: list[Prompt], sizes: Sizes) -> None:
    """Lets utterances end where a token of theirs first stands, or never."""
    policy.end_token = NO_TOKEN
    if not sizes.ends:
        return
    utterances = [tokens_L.tolist() for tokens_L in sample_ours(policy, prompts, replace(sizes, greedy=1)).tokens]

    def distance(token: int) -> float:
        lengths = [said.index(token) if token in said else len(said) for said in utterances]
        return abs(mean(lengths) - sizes.new_tokens / 2)

    policy.end_token = min(sorted({token for said in utterances for token in said}), key=distance)


@torch.no_grad()
def training_log_probs(policy: HuggingFacePolicy, prompts: list[Prompt], tokens: list[Tensor]) -> Tensor:
    log_probs_TV = torch.log_softmax(policy.logits(policy.hidden(prompts, tokens).utterance_TH) / TEMPERATURE, dim=-1)
    return log_probs_TV.gather(-1, torch.cat(tokens).unsqueeze(-1)).squeeze(-1)


def play_round(
    sample: Callable[[HuggingFacePolicy, list[Prompt], Sizes], Drawn],
    policy: HuggingFacePolicy,
    prompts: list[Prompt],
    sizes: Sizes,
) -> Round:
    started = process_time()
    drawn = sample(policy, prompts, sizes)
    seconds = process_time() - started
    tokens_T = torch.cat(drawn.tokens)
    gap = 0.0
    if drawn.log_probs:
        gap = float((torch.cat(drawn.log_probs) - training_log_probs(policy, prompts, drawn.tokens)).abs().max())
    return Round(seconds, tokens_T.numel(), gap, sha256(tokens_T.numpy().tobytes()).hexdigest())


SIDES = {"ours": sample_ours, "generate": sample_generate, "one-by-one": sample_one_by_one}


def main() -> None:
    sample, sizes = SIDES[sys.argv[1]], Sizes(**json.loads(sys.argv[2]))
    torch.set_num_threads(1)
    policy = small_policy(sizes)
    prompts = prompts_of(policy, sizes.observations, sizes.shortest, sizes.longest)
    choose_end(policy, prompts, sizes)
    # What torch loads and lays out on first use belongs to no side.
    sample(policy, prompts[:1], replace(sizes, new_tokens=2))
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(asdict(play_round(sample, policy, prompts, sizes))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
