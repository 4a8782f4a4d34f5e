"""Batched sampling with a key-value cache, which keeps what it drew: token ids, their log-probabilities and
entropies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import DynamicCache

from coso_worker.policies.policy import Sampled

# Added to the logits of tokens that may not be sampled. Finite, so that 0 · log 0 stays 0 in entropies.
FORBIDDEN = -1e9


@dataclass(frozen=True)
class DrawnTokens:
    """One token for each of N rows, its log-probability and the row's entropy in nats, at the sampling temperature."""

    tokens_N: Tensor
    log_probs_N: Tensor
    entropies_N: Tensor


def draw_tokens(logits_NV: Tensor, *, temperature: float, greedy: bool, generator: torch.Generator) -> DrawnTokens:
    """Draws from softmax(logits / temperature), or takes the likeliest."""
    log_probs_NV = torch.log_softmax(logits_NV / temperature, dim=-1)
    probs_NV = log_probs_NV.exp()
    tokens_N = log_probs_NV.argmax(dim=-1) if greedy else _draw(probs_NV, generator)
    log_probs_N = log_probs_NV.gather(-1, tokens_N.unsqueeze(-1)).squeeze(-1)
    return DrawnTokens(tokens_N, log_probs_N, -(probs_NV * log_probs_NV).sum(-1))


@torch.no_grad()
def sample_utterances(
    states: Callable[..., Tensor],
    tokens_NP: Tensor,
    mask_NP: Tensor,
    *,
    position_ids: Tensor,
    vision_inputs: Mapping[str, Tensor],
    logits: Callable[[Tensor], Tensor],
    values: Callable[[Tensor], Tensor],
    end: int,
    temperature: float,
    greedy: bool,
    max_new_tokens: int,
    generator: torch.Generator,
) -> Sampled:
    """Draws until every row has ended or holds `max_new_tokens`. Prompts are left-padded.

    `states` is the backbone: last hidden states [N, P, H]. `position_ids` are [N, P] or [3, N, P]. Rows that have ended
    leave the batch: the rest goes on without them.
    """
    rows = tokens_NP.shape[0]
    cache = DynamicCache()
    hidden_AH = states(
        input_ids=tokens_NP,
        attention_mask=mask_NP,
        position_ids=position_ids,
        past_key_values=cache,
        use_cache=True,
        **vision_inputs,
    )[:, -1]
    values_N = values(hidden_AH).cpu()

    active_A = torch.arange(rows, device=tokens_NP.device)
    mask = mask_NP
    # [A], or [3, A]: text goes on by 1 from the prompt's last token in every dimension.
    next_position_A = position_ids[..., -1] + 1
    drawn: list[list[Tensor]] = [[] for _ in range(rows)]
    drawn_log_probs: list[list[Tensor]] = [[] for _ in range(rows)]
    drawn_entropies: list[list[Tensor]] = [[] for _ in range(rows)]
    finished = [False] * rows
    for position in range(max_new_tokens):
        now = draw_tokens(logits(hidden_AH), temperature=temperature, greedy=greedy, generator=generator)
        token_A = now.tokens_N
        ended_A = token_A == end
        for row, token, log_prob, entropy, ended in zip(
            active_A.tolist(),
            token_A.cpu(),
            now.log_probs_N.cpu(),
            now.entropies_N.cpu(),
            ended_A.tolist(),
            strict=True,
        ):
            drawn[row].append(token)
            drawn_log_probs[row].append(log_prob)
            drawn_entropies[row].append(entropy)
            finished[row] = ended
        if position == max_new_tokens - 1 or bool(ended_A.all()):
            break
        if bool(ended_A.any()):
            alive = (~ended_A).nonzero().squeeze(-1)
            cache.batch_select_indices(alive)
            active_A, token_A = active_A[alive], token_A[alive]
            mask, next_position_A = mask[alive], next_position_A[..., alive]
        mask = torch.cat([mask, mask.new_ones((mask.shape[0], 1))], dim=1)
        hidden_AH = states(
            input_ids=token_A.unsqueeze(-1),
            attention_mask=mask,
            position_ids=next_position_A.unsqueeze(-1),
            past_key_values=cache,
            use_cache=True,
        )[:, -1]
        next_position_A = next_position_A + 1

    return Sampled(
        tokens=[torch.stack(tokens) for tokens in drawn],
        log_probs=[torch.stack(log_probs) for log_probs in drawn_log_probs],
        entropies=[torch.stack(entropies) for entropies in drawn_entropies],
        finished=finished,
        values_N=values_N,
    )


def _draw(probs_NV: Tensor, generator: torch.Generator) -> Tensor:
    # Drawn on the generator's own device, so that one seed means one utterance wherever the model runs.
    drawn_N1 = torch.multinomial(probs_NV.to(generator.device), 1, generator=generator)
    return drawn_N1.squeeze(-1).to(probs_NV.device)
