"""From tokens to utterances. T tokens of N utterances lie one after another; `row_T` names each token's utterance."""

from __future__ import annotations

import torch
from torch import Tensor


def sum_per_utterance(values_T: Tensor, row_T: Tensor, rows: int) -> Tensor:
    """Sums float [T] into float [N]."""
    return values_T.new_zeros(rows).index_add(0, row_T, values_T)


def utterance_log_probs(
    log_probs_T: Tensor, is_action_T: Tensor, row_T: Tensor, rows: int, thought_coefficient: float
) -> Tensor:
    """RL4VLM: λ · Σ log p(thought tokens) + Σ log p(action tokens), float [N]."""
    scale_T = torch.where(is_action_T, 1.0, thought_coefficient)
    return sum_per_utterance(log_probs_T * scale_T, row_T, rows)
