"""Batched sampling with a key-value cache, which keeps what it drew: token ids, their log-probabilities and
entropies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from transformers import DynamicCache

from coso_worker.policies.policy import Sampled


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
        log_probs_AV = torch.log_softmax(logits(hidden_AH) / temperature, dim=-1)
        probs_AV = log_probs_AV.exp()
        token_A = log_probs_AV.argmax(dim=-1) if greedy else _draw(probs_AV, generator)
        log_prob_A = log_probs_AV.gather(-1, token_A.unsqueeze(-1)).squeeze(-1)
        entropy_A = -(probs_AV * log_probs_AV).sum(-1)
        ended_A = token_A == end
        for row, token, log_prob, entropy, ended in zip(
            active_A.tolist(), token_A.cpu(), log_prob_A.cpu(), entropy_A.cpu(), ended_A.tolist(), strict=True
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


def _draw(probs_AV: Tensor, generator: torch.Generator) -> Tensor:
    # Drawn on the generator's own device, so that one seed means one utterance wherever the model runs.
    drawn_A1 = torch.multinomial(probs_AV.to(generator.device), 1, generator=generator)
    return drawn_A1.squeeze(-1).to(probs_AV.device)
