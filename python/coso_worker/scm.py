"""The structural causal model of Assumption 4.1: a small BERT that reads an utterance and predicts the parsed action.

Shapes: N utterances, L tokens, F action factors, A labels of a factor. P(a | y) is the product of the factors'
probabilities; with one factor it is the paper's Eq. 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from coso_worker.batching import epoch_batches
from coso_worker.policies.padding import pad_right


@dataclass(frozen=True)
class ScmShape:
    """Size of the network; `labels` holds the number of labels of each factor."""

    vocabulary_size: int
    labels: tuple[int, ...]
    hidden_size: int
    layers: int
    heads: int
    feed_forward_size: int
    dropout: float
    max_positions: int


class StructuralCausalModel(nn.Module):
    """Tokens [N, L] → log P(label) for each factor, float32 [N, A_f]. Utterances are cut at `max_positions` tokens."""

    def __init__(self, shape: ScmShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = BertModel(
            BertConfig(
                vocab_size=shape.vocabulary_size,
                hidden_size=shape.hidden_size,
                num_hidden_layers=shape.layers,
                num_attention_heads=shape.heads,
                intermediate_size=shape.feed_forward_size,
                hidden_dropout_prob=shape.dropout,
                attention_probs_dropout_prob=shape.dropout,
                max_position_embeddings=shape.max_positions,
                type_vocab_size=1,
            ),
            add_pooling_layer=False,
        )
        self.heads = nn.ModuleList(nn.Linear(shape.hidden_size, labels) for labels in shape.labels)

    def forward(self, tokens_NL: Tensor, mask_NL: Tensor) -> list[Tensor]:
        return self.from_embeddings(self.word_embeddings(tokens_NL), mask_NL)

    def word_embeddings(self, tokens_NL: Tensor) -> Tensor:
        """float32 [N, L, H], before positions are added."""
        embedded_NLH: Tensor = self.encoder.get_input_embeddings()(tokens_NL)
        return embedded_NLH

    def from_embeddings(self, embedded_NLH: Tensor, mask_NL: Tensor) -> list[Tensor]:
        """What `forward` gives, from word embeddings: gradients with respect to them are effects to first order."""
        embedded_NLH, mask_NL = embedded_NLH[:, : self.shape.max_positions], mask_NL[:, : self.shape.max_positions]
        states_NLH = self.encoder(inputs_embeds=embedded_NLH, attention_mask=mask_NL).last_hidden_state
        # The mean over tokens only: padding must not change what an utterance means.
        weight_NL1 = mask_NL.unsqueeze(-1).to(states_NLH.dtype)
        pooled_NH = (states_NLH * weight_NL1).sum(1) / weight_NL1.sum(1).clamp(min=1)
        return [torch.log_softmax(head(pooled_NH).float(), dim=-1) for head in self.heads]


def action_log_probs(factors: Sequence[Tensor], labels_NF: Tensor) -> Tensor:
    """log P(a | y) of the given labels, float32 [N]: the sum over factors, each float32 [N, A_f]."""
    return torch.stack(
        [log_probs_NA.gather(1, labels_NF[:, f : f + 1]).squeeze(1) for f, log_probs_NA in enumerate(factors)]
    ).sum(0)


@dataclass(frozen=True)
class ScmFit:
    """Means over the examples seen, before each step: cross-entropy in nats, share of actions predicted whole."""

    loss: float
    accuracy: float


def fit_scm(
    scm: StructuralCausalModel,
    optimiser: torch.optim.Optimizer,
    tokens: Sequence[Tensor],
    labels_NF: Tensor,
    *,
    padding: int,
    steps: int,
    batch_size: int,
    learning_rate: float,
    max_grad_norm: float,
    generator: torch.Generator,
    on_step: Callable[[int, float], None] = lambda step, loss: None,
) -> ScmFit:
    """Algorithm 1, line 17: cross-entropy of a given y. Batches are drawn without replacement, epoch after epoch."""
    device = next(scm.parameters()).device
    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    loss_sum, correct, seen = 0.0, 0, 0
    scm.train()
    for step, rows in enumerate(epoch_batches(len(tokens), batch_size, steps, generator)):
        tokens_NL, mask_NL = (part.to(device) for part in pad_right([tokens[row] for row in rows], padding))
        batch_labels_NF = labels_NF[rows].to(device)
        factors = scm(tokens_NL, mask_NL)
        loss = sum(
            (nn.functional.nll_loss(log_probs, batch_labels_NF[:, f]) for f, log_probs in enumerate(factors)),
            start=torch.zeros((), device=device),
        )
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(scm.parameters(), max_grad_norm)
        optimiser.step()
        predicted_NF = torch.stack([log_probs.argmax(-1) for log_probs in factors], dim=-1)
        correct += int((predicted_NF == batch_labels_NF).all(-1).sum())
        loss_sum += float(loss.detach()) * len(rows)
        seen += len(rows)
        on_step(step + 1, loss_sum / seen)
    scm.eval()
    return ScmFit(loss=loss_sum / seen, accuracy=correct / seen)
