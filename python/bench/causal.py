"""One side of the benchmark of causal weights: scores the same utterances with the same SCM as the other side.

Usage: `python -m bench.causal SIDE SIZES`, with a side of `ours` or `published` and sizes as JSON. Each line of
standard input names a workload, and is answered by a JSON line: what causal weights cost one PPO iteration.
- `published`: the published variant (windows of 4, zeroed tokens) on utterances of different lengths, for all epochs.
- `plain`: Eq. 6 on utterances of one length, for one epoch: nothing to pad, nothing to skip, nothing to keep.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from time import process_time

import torch
from torch import Tensor

from bench.causal_published import published_way
from coso_worker.counterfactual.scoring import ActionProbability
from coso_worker.counterfactual.weights import published_weights
from coso_worker.scm import FreshEncoder, FreshEncoderSize, StructuralCausalModel, action_log_probs
from coso_worker.usage import peak_host_bytes, restart_peaks

NULL_TOKEN = 0
PUBLISHED_WINDOW = 4
LABELS = 8
"""Action types of the published code's SCM."""


@dataclass(frozen=True)
class Sizes:
    """What is scored: utterances of `shortest` to `longest` tokens, of which `zeroed_share` are of classes without
    weight, for `epochs` of PPO."""

    utterances: int
    shortest: int
    longest: int
    zeroed_share: float
    epochs: int
    micro_batch: int
    vocabulary: int
    hidden_size: int
    layers: int
    heads: int
    feed_forward_size: int


@dataclass(frozen=True)
class Task:
    """One workload: `zeroed` marks tokens without weight, bool [L_n] each."""

    tokens: list[Tensor]
    zeroed: list[Tensor]
    labels_NF: Tensor
    window: int
    epochs: int


@dataclass(frozen=True)
class Iteration:
    """CPU seconds of each scoring and of all epochs, memory above what was resident before, and |ΔP| of every token."""

    seconds_each: list[float]
    seconds: float
    extra_bytes: int
    changes: list[float]


Score = Callable[[ActionProbability, Task], list[Tensor]]


def tasks_of(sizes: Sizes) -> dict[str, Task]:
    """The same in every process with these sizes. Tokens are random; one utterance is the longest there may be."""
    generator = torch.Generator().manual_seed(0)
    shape = (sizes.utterances, sizes.longest)
    tokens_NL = torch.randint(1, sizes.vocabulary, shape, generator=generator)
    zeroed_NL = torch.rand(shape, generator=generator) < sizes.zeroed_share
    labels_NF = torch.randint(0, LABELS, (sizes.utterances, 1), generator=generator)
    drawn = torch.randint(sizes.shortest, sizes.longest + 1, (sizes.utterances - 1,), generator=generator)
    lengths = [sizes.longest, *drawn.tolist()]
    return {
        "published": Task(
            tokens=[y[:length] for y, length in zip(tokens_NL, lengths, strict=True)],
            zeroed=[zeroed_L[:length] for zeroed_L, length in zip(zeroed_NL, lengths, strict=True)],
            labels_NF=labels_NF,
            window=PUBLISHED_WINDOW,
            epochs=sizes.epochs,
        ),
        "plain": Task(list(tokens_NL), list(torch.zeros_like(zeroed_NL)), labels_NF, window=1, epochs=1),
    }


def probability_of(sizes: Sizes) -> ActionProbability:
    """P(a | y) of an SCM that is the same in every process with these sizes."""
    torch.manual_seed(0)
    encoder = FreshEncoder(
        FreshEncoderSize(
            sizes.vocabulary,
            sizes.hidden_size,
            sizes.layers,
            sizes.heads,
            sizes.feed_forward_size,
            dropout=0.1,
            max_positions=512,
        )
    )
    scm = StructuralCausalModel(encoder, (LABELS,)).eval()
    for parameter in scm.parameters():
        # Fresh weights hardly tell tokens apart, and effects near 0 would be equal for nothing. Gains of normalisation
        # stay: they would raise rounding errors as they raise effects.
        if parameter.dim() > 1:
            parameter.data *= 4

    @torch.no_grad()
    def probability(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        return action_log_probs(scm(tokens_ML, mask_ML), labels_MF).exp()

    return probability


def score_ours(probability: ActionProbability, task: Task, micro_batch: int) -> list[Tensor]:
    """|ΔP| by this project. Normalisation and power come after, cost nothing, and would stretch the last bits."""
    return published_weights(
        probability,
        task.tokens,
        task.labels_NF,
        zeroed=task.zeroed,
        window=task.window,
        null_token=NULL_TOKEN,
        normalisation="none",
        power=1,
        micro_batch=micro_batch,
    )


def score_published(probability: ActionProbability, task: Task) -> list[Tensor]:
    """The same as the published code has it."""
    return published_way(
        probability, task.tokens, task.labels_NF, zeroed=task.zeroed, window=task.window, null_token=NULL_TOKEN
    )


def iterate(score: Score, probability: ActionProbability, task: Task, *, keeps: bool) -> Iteration:
    """Weights for each epoch of a task: scored once where they are kept, else for each anew."""
    restart_peaks()
    resident = peak_host_bytes()
    seconds_each: list[float] = []
    changes: list[Tensor] = []
    started = process_time()
    for _ in range(task.epochs):
        if changes and keeps:
            continue
        began = process_time()
        changes = score(probability, task)
        seconds_each.append(process_time() - began)
    seconds = process_time() - started
    return Iteration(seconds_each, seconds, peak_host_bytes() - resident, torch.cat(changes).tolist())


def main() -> None:
    is_ours, sizes = sys.argv[1] == "ours", Sizes(**json.loads(sys.argv[2]))
    torch.set_num_threads(1)
    score: Score = partial(score_ours, micro_batch=sizes.micro_batch) if is_ours else score_published
    probability = probability_of(sizes)
    # What torch loads and lays out on first use belongs to neither side.
    for task in tasks_of(replace(sizes, utterances=2, shortest=2, longest=4)).values():
        score(probability, task)
    tasks = tasks_of(sizes)
    for line in sys.stdin:
        iteration = iterate(score, probability, tasks[line.strip()], keeps=is_ours)
        sys.stdout.write(json.dumps(asdict(iteration)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
