"""How often the SCM is asked: what its passes hold, and that PPO's epochs ask it for nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from conftest import build_params, causal_entropy, ignore_progress, labels_of, update_params
from coso_worker.counterfactual.scoring import Nullification, likelihood_changes
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages

Act = Callable[..., messages.ActResult]
ROWS = 6
NULL = 0


class CountedModel:
    """Counts the sequences that the SCM of a worker reads."""

    def __init__(self, handlers: Handlers) -> None:
        self.sequences = 0
        handlers.agent.causal_model.encoder.register_forward_pre_hook(self._count)

    def _count(self, module: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.sequences += inputs[0].shape[0]


def test_causal_weights_are_computed_once_for_all_epochs_of_ppo(handlers: Handlers, act: Act) -> None:
    act(ROWS)
    counted = CountedModel(handlers)
    labels = [0, 1, 2, 0, 1, 2]
    handlers.weigh(
        messages.WeighParams(
            step_ids=list(range(ROWS)),
            labels=labels_of(labels),
            method=messages.PaperWeights(micro_batch=16),
            seed=0,
        ),
        [],
        ignore_progress,
    )
    params = messages.ScoreParams(step_ids=list(range(ROWS)), images=None, temperature=0.7)
    utterances = [step.tokens for step in handlers.score(params, [], ignore_progress).steps]
    distinct = {(label, *pieces) for label, pieces in zip(labels, utterances, strict=True)}
    # One pass for the utterance itself and one a token; of a key's entries, the label is not a token.
    assert counted.sequences == sum(len(key) for key in distinct)
    weighed = counted.sequences
    metrics = handlers.update_policy(
        update_params(ROWS, entropy=causal_entropy(0.1), epochs=4, micro_batch=2), [], ignore_progress
    ).metrics
    assert metrics["loss/causal_entropy"] > 0
    assert counted.sequences == weighed


def test_in_bfloat16_the_encoder_multiplies_in_it_and_likelihoods_stay_float32(tmp_path: Path) -> None:
    params = build_params(tmp_path)
    params.dtype = "bfloat16"
    handlers = Handlers()
    handlers.build(params, [], ignore_progress)
    agent = handlers.agent
    multiplied: set[torch.dtype] = set()
    for module in agent.causal_model.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_hook(lambda module, inputs, output: multiplied.add(output.dtype))
    tokens_ML = torch.arange(1, 25).reshape(2, 12)
    arguments = tokens_ML, torch.ones(2, 12, dtype=torch.bool), torch.tensor([[0], [1]])
    low_M = agent.action_probability(*arguments)
    assert multiplied == {torch.bfloat16, torch.float32}  # the encoder's, the head's
    agent.encoder_dtype = torch.float32
    multiplied.clear()
    full_M = agent.action_probability(*arguments)
    assert multiplied == {torch.float32}
    assert low_M.dtype == full_M.dtype == torch.float32
    torch.testing.assert_close(low_M, full_M, atol=1e-2, rtol=0)
    assert all(parameter.dtype == torch.float32 for parameter in agent.causal_model.parameters())


def test_passes_are_full_and_as_wide_as_their_longest_utterance() -> None:
    lengths = [7, 3, 5]
    shapes: list[tuple[int, int]] = []

    def probability(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        shapes.append((tokens_ML.shape[0], tokens_ML.shape[1]))
        assert mask_ML.any(0).all()  # no column is padding for all
        return mask_ML.float().mean(1)

    utterances = [torch.arange(1, length + 1) for length in lengths]
    cuts = [Nullification(row, i, i + 1) for row, length in enumerate(lengths) for i in range(length)]
    likelihood_changes(probability, utterances, torch.zeros(3, 1, dtype=torch.long), cuts, NULL, 4)
    assert shapes == [(3, 7), (4, 5), (4, 5), (4, 7), (3, 7)]


def test_each_nullification_reads_its_own_range_and_leaves_the_utterance_as_it_was() -> None:
    seen: list[list[int]] = []

    def probability(tokens_ML: Tensor, mask_ML: Tensor, labels_MF: Tensor) -> Tensor:
        seen.extend(row[keep].tolist() for row, keep in zip(tokens_ML, mask_ML, strict=True))
        return (tokens_ML * mask_ML).sum(1) / 100

    utterances = [torch.tensor([5, 6, 7, 8]), torch.tensor([9])]
    cuts = [Nullification(0, 2, 4), Nullification(1, 0, 1), Nullification(0, 0, 3), Nullification(0, 2, 4)]
    changes = likelihood_changes(probability, utterances, torch.zeros(2, 1, dtype=torch.long), cuts, NULL, 2)
    assert seen == [[9], [5, 6, 7, 8], [NULL], [NULL, NULL, NULL, 8], [5, 6, NULL, NULL]]
    torch.testing.assert_close(changes[0], torch.tensor([0.18, 0.0, 0.15, 0.0]))
    torch.testing.assert_close(changes[1], torch.tensor([0.09]))
    assert utterances[0].tolist() == [5, 6, 7, 8]
