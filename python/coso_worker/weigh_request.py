"""A `weigh` message → causal weights of the steps it names."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from coso_worker.agent import Agent
from coso_worker.counterfactual.gradient import gradient_weights
from coso_worker.counterfactual.hierarchical import hierarchical_weights
from coso_worker.counterfactual.policy_side import policy_side_weights
from coso_worker.counterfactual.scoring import OnBatch
from coso_worker.counterfactual.token_classes import belongs_to
from coso_worker.counterfactual.weights import paper_weights, published_weights
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, int_array
from coso_worker.spans import deciding_tokens
from coso_worker.step_store import KeptStep

Weights = list[Tensor]
Metrics = dict[str, float]


def weights_of(
    params: messages.WeighParams, steps: Sequence[KeptStep], agent: Agent, on_batch: OnBatch
) -> tuple[Weights, Metrics]:
    """float32 [L_n] a step, and how they came about.

    Raises BadRequestError on labels, spans or weights that do not fit.
    """
    tokens = [step.tokens_L for step in steps]
    labels_NF = agent.labels(params.labels, len(tokens))
    policy = agent.policy
    match params.method:
        case messages.PaperWeights() as method:
            weights = paper_weights(
                agent.action_probability,
                agent.nullifiable(tokens),
                labels_NF,
                null_token=policy.null_token,
                micro_batch=method.micro_batch,
                on_batch=on_batch,
            )
            return weights, {}
        case messages.PublishedWeights() as method:
            weights = published_weights(
                agent.action_probability,
                agent.nullifiable(tokens),
                labels_NF,
                zeroed=[belongs_to(method.zeroed, policy.pieces(y), y, policy.special_tokens) for y in tokens],
                window=method.window,
                null_token=policy.null_token_of(method.null_token),
                normalisation=method.normalisation,
                power=method.power,
                micro_batch=method.micro_batch,
                on_batch=on_batch,
            )
            return weights, {}
        case messages.GradientWeights() as method:
            weights = gradient_weights(
                agent.word_embeddings,
                agent.embedded_probability,
                tokens,
                labels_NF,
                null_token=policy.null_token,
                micro_batch=method.micro_batch,
                on_batch=on_batch,
            )
            return weights, {}
        case messages.HierarchicalWeights() as method:
            weights, audit = hierarchical_weights(
                agent.action_probability,
                agent.nullifiable(tokens),
                [policy.pieces(y) for y in tokens],
                labels_NF,
                threshold=method.threshold,
                longest_span=method.longest_span,
                audited=method.audited,
                null_token=policy.null_token,
                micro_batch=method.micro_batch,
                generator=torch.Generator().manual_seed(params.seed),
                on_batch=on_batch,
            )
            metrics = {
                "weights/skipped_share": audit.skipped / audit.tokens,
                "weights/skipped_mean": audit.mean,
                "weights/skipped_bound": audit.bound,
                "weights/passes_share": audit.passes / audit.tokens,
            }
            return weights, metrics
        case messages.PolicyWeights() as method:
            spans_N2 = int_array(method.spans, len(steps), 2).tolist()
            own = agent.ranks.share(len(steps))
            rows = slice(own.start, own.stop)
            weights = policy_side_weights(
                policy,
                [step.prompt for step in steps[rows]],
                tokens[rows],
                [
                    deciding_tokens(policy.pieces(y), *span)
                    for y, span in zip(tokens[rows], spans_N2[rows], strict=True)
                ],
                temperature=method.temperature,
                micro_batch=method.micro_batch,
                on_batch=on_batch,
            )
            return agent.ranks.join_tensors(weights, torch.float32), {}
        case messages.GivenWeights() as method:
            lengths = [y.numel() for y in tokens]
            given_T = torch.from_numpy(float_array(method.weights, sum(lengths)).copy())
            return list(torch.split(given_T, lengths)), {}
