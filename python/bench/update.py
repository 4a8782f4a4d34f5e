"""One side of the benchmark of the policy update. Usage: `python -m bench.update SIDE SIZES`; each line of standard
input asks for one pass over all steps, and is answered by a JSON line.

- `ours`: micro-batches, logits at the utterances' positions alone, in chunks.
- `reference`: as RL4VLM and DigiRL train, one step at a time, padded to a fixed length, a float32 log-softmax over the
  whole vocabulary at every position.
Both take the same loss to the same gradient; weights stay, since the learning rate is 0.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from time import process_time

import torch
from torch import Tensor, nn

from bench.small_policy import PolicySizes, prompts_of, small_policy
from coso_worker.losses.ppo import PpoTerms, ppo_loss
from coso_worker.losses.token_weights import UniformWeights
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Sampling
from coso_worker.policies.sampling import row_draws
from coso_worker.step_store import KeptStep
from coso_worker.update import update_policy
from coso_worker.update.experience import Experience
from coso_worker.update.settings import EntropyBonus, MismatchHandling, PpoObjective, UpdateSettings
from coso_worker.usage import peak_host_bytes, restart_peaks

TEMPERATURE, THOUGHT_COEFFICIENT, ENTROPY_COEFFICIENT, MAX_GRAD_NORM = 0.5, 0.5, 0.01, 1e6
TERMS = PpoTerms(clip=0.1, value_clip=0.1, value_coefficient=0.5, ratio_guard=10.0)


@dataclass(frozen=True)
class Sizes(PolicySizes):
    """`steps` utterances of `new_tokens` tokens after prompts of `shortest` to `longest` words; the reference pads each
    to `padded` tokens."""

    steps: int
    shortest: int
    longest: int
    new_tokens: int
    padded: int
    micro_batch: int


@dataclass(frozen=True)
class Pass:
    """CPU seconds and memory above what was resident before, in float32; and what has to be equal, in float64."""

    seconds: float
    extra_bytes: int
    loss: float
    grad_norm: float


def experiences_of(policy: HuggingFacePolicy, sizes: Sizes) -> list[Experience]:
    """Utterances as the policy drew them, with credit of all sizes. The last fifth of each is its action."""
    prompts = prompts_of(policy, sizes.steps, sizes.shortest, sizes.longest)
    draws_NL = row_draws(0, len(prompts), sizes.new_tokens)
    drawn = policy.sample(prompts, Sampling(TEMPERATURE, sizes.new_tokens, draws_NL), slots=len(prompts))
    # Not symmetric about 0: a loss that all but cancels has no digits to compare.
    credit = torch.linspace(-0.5, 1, sizes.steps).tolist()
    experiences = []
    for n, tokens_L in enumerate(drawn.tokens):
        is_action_L = torch.arange(tokens_L.numel()) >= 0.8 * tokens_L.numel()
        step = KeptStep(
            prompts[n],
            "",
            tokens_L,
            drawn.log_probs[n],
            drawn.entropies[n],
            float(drawn.values_N[n]),
            drawn.log_probs[n],
        )
        experiences.append(Experience(step, is_action_L, is_action_L, advantage=credit[n], target=credit[n] + 0.5))
    return experiences


def update_ours(policy: HuggingFacePolicy, experiences: list[Experience], sizes: Sizes) -> tuple[float, float]:
    settings = UpdateSettings(
        objective=PpoObjective(TERMS, epochs=1, value_only=False, detach_value=False),
        thought_coefficient=THOUGHT_COEFFICIENT,
        batch_size=sizes.steps,
        micro_batch=sizes.micro_batch,
        max_grad_norm=MAX_GRAD_NORM,
        temperature=TEMPERATURE,
        entropy=EntropyBonus(ENTROPY_COEFFICIENT, "sum", UniformWeights()),
        gradient=UniformWeights(),
        covariance_penalty=None,
        kl=None,
        mismatch=MismatchHandling(truncation=None, largest_mean=None),
    )
    generator = torch.Generator().manual_seed(0)
    metrics = update_policy(policy, _optimiser(policy), experiences, settings, generator, lambda *_: None)
    loss = metrics["loss/policy"] + TERMS.value_coefficient * metrics["loss/value"]
    return loss - ENTROPY_COEFFICIENT * metrics["loss/entropy"], metrics["policy/grad_norm"]


def update_reference(policy: HuggingFacePolicy, experiences: list[Experience], sizes: Sizes) -> tuple[float, float]:
    optimiser = _optimiser(policy)
    total = 0.0
    for experience in experiences:
        loss = _padded_loss(policy, experience, sizes.padded) / len(experiences)
        loss.backward()
        total += float(loss.detach())
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    norm = float(nn.utils.clip_grad_norm_(parameters, MAX_GRAD_NORM))
    optimiser.step()
    return total, norm


def _padded_loss(policy: HuggingFacePolicy, experience: Experience, padded: int) -> Tensor:
    prompt, tokens_L = experience.step.prompt, experience.step.tokens_L
    start, end = prompt.tokens_P.numel(), prompt.tokens_P.numel() + tokens_L.numel()
    ids_1S = torch.full((1, padded), policy.null_token)
    ids_1S[0, :end] = torch.cat([prompt.tokens_P, tokens_L])
    mask_1S = torch.arange(padded).unsqueeze(0) < end
    outputs = policy.model.base_model(
        input_ids=ids_1S, attention_mask=mask_1S, use_cache=False, **policy.vision_inputs([prompt])
    )
    log_probs_SV = torch.log_softmax(policy.logits(outputs.last_hidden_state[0]) / TEMPERATURE, dim=-1)
    log_probs_S = log_probs_SV[:-1].gather(-1, ids_1S[0, 1:].unsqueeze(-1)).squeeze(-1)
    entropies_S = -(log_probs_SV.exp() * log_probs_SV).sum(-1)
    scale_L = torch.where(experience.is_action_L, 1.0, THOUGHT_COEFFICIENT)
    loss, _ = ppo_loss(
        (log_probs_S[start - 1 : end - 1] * scale_L).sum().unsqueeze(0),
        (experience.step.log_probs_L * scale_L).sum().unsqueeze(0),
        torch.tensor([experience.advantage]),
        policy.values(outputs.last_hidden_state[:, start - 1]),
        torch.tensor([experience.step.value]),
        torch.tensor([experience.target]),
        TERMS,
    )
    return loss - ENTROPY_COEFFICIENT * entropies_S[start - 1 : end - 1].sum()


def _optimiser(policy: HuggingFacePolicy) -> torch.optim.Optimizer:
    optimiser = torch.optim.SGD([*policy.learning_parameters(), *policy.value_head.parameters()], lr=0.0)
    optimiser.zero_grad(set_to_none=True)
    return optimiser


Update = Callable[[HuggingFacePolicy, list[Experience], Sizes], tuple[float, float]]


def in_double_precision(
    update: Update, policy: HuggingFacePolicy, experiences: list[Experience], sizes: Sizes
) -> tuple[float, float]:
    """Loss and norm of the gradient without what rounding would add to their difference."""
    policy.model.double()
    policy.value_head.double()
    try:
        return update(policy, experiences, sizes)
    finally:
        policy.model.float()
        policy.value_head.float()


def run_pass(
    update: Update,
    policy: HuggingFacePolicy,
    experiences: list[Experience],
    sizes: Sizes,
    exact: tuple[float, float],
) -> Pass:
    for parameter in policy.learning_parameters():
        parameter.grad = None
    _give_back_freed_memory()
    restart_peaks()
    resident = peak_host_bytes()
    started = process_time()
    update(policy, experiences, sizes)
    return Pass(process_time() - started, peak_host_bytes() - resident, *exact)


def _give_back_freed_memory() -> None:
    """What the allocator keeps from an earlier pass would hide what this one needs. glibc alone can be asked."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def main() -> None:
    update, sizes = (update_ours if sys.argv[1] == "ours" else update_reference), Sizes(**json.loads(sys.argv[2]))
    torch.set_num_threads(1)
    policy = small_policy(sizes)
    experiences = experiences_of(policy, sizes)
    exact = in_double_precision(update, policy, experiences, sizes)
    # What torch loads and lays out on first use belongs to neither side.
    update(policy, experiences[:1], sizes)
    for _ in sys.stdin:
        sys.stdout.write(json.dumps(asdict(run_pass(update, policy, experiences, sizes, exact))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
