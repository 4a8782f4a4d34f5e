"""Two processes compute what one does: updates, SFT, φ, weights, checkpoints, what is said."""

from __future__ import annotations

import copy
import json
import signal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch._C._distributed_c10d import PrefixStore
from torch.distributed.elastic.multiprocessing.errors import ProcessFailure
from torch.distributed.tensor import DTensor

from conftest import (
    UTTERANCES,
    build_params,
    causal_entropy,
    checkpoint_policy,
    finished,
    ignore_progress,
    labels_of,
    observations,
    update_params,
)
from coso_worker.distributed.commands import Commands, Failure
from coso_worker.distributed.group import device_of
from coso_worker.distributed.passes import passes_of
from coso_worker.distributed.ranks import Ranks
from coso_worker.distributed.sharded_policy import ShardedPolicy
from coso_worker.distributed.torchrun import first_failure
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.protocol import messages
from coso_worker.protocol.arrays import float_array, int_tensor
from test_critics import episodes_of, fit, instruction_values, state_values
from tiny_checkpoints import write_checkpoint
from two_ranks import alone, in_ranks

ROWS = 5
"""Odd, so that two ranks have unlike shares."""
LABELS = labels_of([0, 1, 2, 0, 1])


def worker(
    ranks: Ranks, folder: Path, kind: str, seed: int = 1, critics: messages.CriticSpec | None = None
) -> Handlers:
    """`replicated`: the embedded policy; `sharded`: the same weights as a checkpoint all of which learns."""
    handlers = Handlers(ranks)
    params = build_params(folder / "embedded", seed)
    params.critics = critics
    if kind != "replicated":
        # Written once, by rank 0 or alone.
        Handlers(ranks).build(copy.deepcopy(params), [], ignore_progress)
        lora = messages.Lora(rank=2, alpha=4, dropout=0.0, dropout_in="nothing", targets="language")
        params.policy = checkpoint_policy(
            folder / "embedded", lora=lora if kind == "lora" else None, gradient_checkpointing=kind == "checkpointed"
        )
    handlers.build(params, [], ignore_progress)
    return handlers


def keep_steps(handlers: Handlers, rows: int = ROWS) -> messages.ActResult:
    batch, frames = observations(rows)
    return finished(
        handlers.act(
            messages.ActParams(
                observations=batch,
                step_ids=list(range(rows)),
                temperature=0.7,
                greedy=False,
                max_new_tokens=9,
                seed=3,
                policy="present",
            ),
            frames,
            ignore_progress,
        )
    )


def weigh(handlers: Handlers) -> messages.WeighResult:
    method = messages.PaperWeights(micro_batch=7)
    params = messages.WeighParams(step_ids=list(range(ROWS)), labels=LABELS, method=method, seed=0)
    return handlers.weigh(params, [], ignore_progress)


def fit_scm(handlers: Handlers) -> dict[str, float]:
    params = messages.FitScmParams(
        examples=messages.StepExamples(step_ids=list(range(ROWS)), labels=LABELS),
        steps=4,
        batch_size=3,
        learning_rate=1e-2,
        max_grad_norm=1.0,
        seed=2,
    )
    return handlers.fit_scm(params, [], ignore_progress).metrics


def fit_sft(handlers: Handlers) -> list[float]:
    batch, frames = observations(3)
    added = messages.AddDemonstrationsParams(observations=batch, utterances=UTTERANCES)
    handlers.add_demonstrations(added, frames, ignore_progress)
    params = messages.FitSftParams(steps=3, batch_size=3, micro_batch=1, learning_rate=1e-3, max_grad_norm=0.5, seed=4)
    losses: list[float] = float_array(handlers.fit_sft(params, [], ignore_progress).losses, -1).tolist()
    return losses


def update(handlers: Handlers, *, learning_rate: float, epochs: int = 1) -> dict[str, float]:
    params = update_params(
        ROWS,
        micro_batch=2,
        entropy=causal_entropy(0.1),
        kl=messages.KlTerm(coefficient=0.1, region="utterance"),
        learning_rate=learning_rate,
        epochs=epochs,
    )
    params.algorithm.max_grad_norm = 0.5
    return handlers.update_policy(params, [], ignore_progress).metrics


def weights(handlers: Handlers) -> dict[str, Any]:
    """Of policy, value head and φ, whole."""
    policy = handlers.agent.policy
    if isinstance(policy, ShardedPolicy):
        policy.gather()
    modules = {"policy": policy.model, "value": policy.value_head, "scm": handlers.agent.causal_model}
    return {
        f"{part}.{name}": parameter.detach().numpy().copy()
        for part, module in modules.items()
        for name, parameter in module.named_parameters()
    }


def gradients(handlers: Handlers) -> list[Any]:
    """Of policy and value head as the last update left them, whole."""
    found = []
    for group in handlers.agent.policy_optimiser.param_groups:
        for parameter in group["params"]:
            gradient = parameter.grad
            whole = gradient.full_tensor() if isinstance(gradient, DTensor) else gradient
            # What no row reaches has none in one process, and zeros where it is spread.
            found.append(np.zeros(parameter.shape) if whole is None else whole.numpy().copy())
    return found


def keep_shifted_reference(handlers: Handlers) -> None:
    """A reference that differs from the policy, so that the KL term has a value and a gradient."""
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    reference: Any = handlers.agent.policy.reference
    for parameter in [*reference.parameters(), *getattr(reference, "parts", [])]:
        parameter.data += 0.01


def learn_everything(ranks: Ranks, folder: Path, kind: str) -> dict[str, Any]:
    handlers = worker(ranks, folder, kind)
    keep_shifted_reference(handlers)
    found: dict[str, Any] = {"said": keep_steps(handlers).utterances}
    found["weighed"] = float_array(weigh(handlers).weights, -1)
    found["scm"] = fit_scm(handlers)
    found["metrics"] = update(handlers, learning_rate=0.0)
    found["gradients"] = gradients(handlers)
    found["losses"] = fit_sft(handlers)
    found["later metrics"] = update(handlers, learning_rate=1e-3, epochs=2)
    found["weights"] = weights(handlers)
    return found


@pytest.mark.parametrize("kind", ["replicated", "lora", "checkpointed"])
def test_two_ranks_learn_what_one_does(tmp_path: Path, kind: str) -> None:
    one = alone(learn_everything, folder=tmp_path / "one", kind=kind)
    two = in_ranks(learn_everything, tmp_path / "ranks", folder=tmp_path / "two", kind=kind)
    assert one["metrics"]["loss/kl"] > 1e-3
    for other in two:
        assert other["said"] == one["said"]
        assert other["losses"] == pytest.approx(one["losses"], abs=1e-6)
        np.testing.assert_allclose(other["weighed"], one["weighed"], atol=1e-6)
        assert other["scm"] == pytest.approx(one["scm"], abs=1e-6)
        # Relative to the norm of a gradient as long as 9, rounding alone is more than 1e-6.
        assert other["metrics"] == pytest.approx(one["metrics"], rel=5e-6, abs=1e-6)
        for ours, theirs in zip(other["gradients"], one["gradients"], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)
        assert other["later metrics"] == pytest.approx(one["later metrics"], rel=1e-3, abs=1e-4)
        assert other["weights"].keys() == one["weights"].keys()
        for name, weight in one["weights"].items():
            # Attention does not depend on the keys' bias: its gradient is rounding, of which Adam makes whole steps.
            if not name.endswith("k_proj.bias"):
                assert np.abs(other["weights"][name] - weight).mean() < 1e-6, name
    for name, weight in two[0]["weights"].items():
        assert np.array_equal(weight, two[1]["weights"][name]), name


def learn_in_words(ranks: Ranks, folder: Path, checkpoint: Path) -> dict[str, Any]:
    """An update of a language model, which is then saved and read again with its reference."""
    params = build_params(folder / "embedded")
    params.policy = checkpoint_policy(checkpoint)
    handlers = Handlers(ranks)
    handlers.build(params, [], ignore_progress)
    model = handlers.agent.policy.model
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight
    keep_shifted_reference(handlers)
    batch = messages.ObservationBatch(prompts=["Move up.", "Down?", "Up.", "Move.", "?"], images=None, image_index=None)
    act = messages.ActParams(
        observations=batch,
        step_ids=list(range(ROWS)),
        temperature=0.7,
        greedy=False,
        max_new_tokens=6,
        seed=3,
        policy="present",
    )
    handlers.act(act, [], ignore_progress)
    weigh(handlers)
    found: dict[str, Any] = {"metrics": update(handlers, learning_rate=0.0), "gradients": gradients(handlers)}
    directory = str(folder / "saved")
    handlers.save(messages.SaveParams(directory=directory, parts="all", images=None), [], ignore_progress)
    handlers.load(messages.LoadParams(directory=directory, images=None), [], ignore_progress)
    assert update(handlers, learning_rate=0.0) == pytest.approx(found["metrics"], rel=1e-6)
    return found


def test_embeddings_that_are_one_tensor_stay_whole(tmp_path: Path) -> None:
    checkpoint = write_checkpoint("qwen2", tmp_path / "checkpoint")
    one = alone(learn_in_words, folder=tmp_path / "one", checkpoint=checkpoint)
    for other in in_ranks(learn_in_words, tmp_path / "ranks", folder=tmp_path / "two", checkpoint=checkpoint):
        assert other["metrics"] == pytest.approx(one["metrics"], rel=5e-6, abs=1e-6)
        for ours, theirs in zip(other["gradients"], one["gradients"], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


def judge(ranks: Ranks, folder: Path, kind: str) -> dict[str, Any]:
    """What reads states and utterances without gradients: critics, scores, weights through the policy, other draws."""
    handlers = worker(
        ranks, folder, kind, critics=messages.CriticSpec(encoder=messages.PolicyFeatures(), hidden_size=8)
    )
    keep_steps(handlers)
    ids = list(range(ROWS))
    spans = int_tensor(np.array([[5, 6], [2, 4], [-1, -1], [3, 5], [0, 1]]))
    method = messages.PolicyWeights(spans=spans, temperature=0.7, micro_batch=4)
    by_policy = handlers.weigh(
        messages.WeighParams(step_ids=ids, labels=LABELS, method=method, seed=0), [], ignore_progress
    )
    scored = handlers.score(messages.ScoreParams(step_ids=ids, images=None, temperature=0.7), [], ignore_progress)
    reading = messages.ReadTokensParams(step_ids=ids, alternatives=2, temperature=0.7, seed=1)
    episodes = episodes_of(handlers, first=ROWS)
    return {
        "by policy": float_array(by_policy.weights, -1),
        "scored": [(step.step_id, step.tokens, float_array(step.log_probs, -1)) for step in scored.steps],
        "read": msgspec.to_builtins(handlers.read_tokens(reading, [], ignore_progress)),
        "fit": fit(handlers, episodes[:12], episodes[12:], steps=6),
        "values": state_values(handlers, episodes),
        "instructions": instruction_values(handlers, ["Move up.", "I must go down."]),
    }


@pytest.mark.parametrize("kind", ["sharded"])
def test_two_ranks_read_what_one_does(tmp_path: Path, kind: str) -> None:
    one = alone(judge, folder=tmp_path / "one", kind=kind)
    for other in in_ranks(judge, tmp_path / "ranks", folder=tmp_path / "two", kind=kind):
        np.testing.assert_allclose(other["by policy"], one["by policy"], atol=1e-6)
        for ours, theirs in zip(other["scored"], one["scored"], strict=True):
            assert ours[:2] == theirs[:2]
            np.testing.assert_allclose(ours[2], theirs[2], atol=1e-5)
        assert other["read"] == one["read"]
        assert other["fit"] == pytest.approx(one["fit"], abs=1e-4)
        np.testing.assert_allclose(other["values"], one["values"], atol=1e-4)
        assert other["instructions"] == pytest.approx(one["instructions"], abs=1e-4)


def iterate(handlers: Handlers) -> dict[str, float]:
    """An iteration of Algorithm 1."""
    keep_steps(handlers)
    weigh(handlers)
    metrics = fit_scm(handlers) | update(handlers, learning_rate=1e-3)
    handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    return metrics


def begin_and_save(ranks: Ranks, folder: Path, kind: str) -> dict[str, float]:
    """What follows the checkpoint that this leaves in `folder`, had nothing stopped it."""
    handlers = worker(ranks, folder, kind)
    keep_shifted_reference(handlers)
    iterate(handlers)
    keep_steps(handlers)  # a checkpoint holds kept steps too
    save = messages.SaveParams(directory=str(folder / "saved"), parts="all", images=str(folder / "images"))
    assert handlers.save(save, [], ignore_progress).bytes > 0
    handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    return iterate(handlers)


def go_on(ranks: Ranks, folder: Path, saved: Path, kind: str) -> dict[str, float]:
    """The same from the checkpoint, by other weights at first."""
    handlers = worker(ranks, folder, kind, seed=2)
    load = messages.LoadParams(directory=str(saved / "saved"), images=str(saved / "images"))
    assert handlers.load(load, [], ignore_progress).parts == "all"
    assert handlers.kept_steps == ROWS
    handlers.forget_steps(messages.ForgetStepsParams(step_ids=None), [], ignore_progress)
    return iterate(handlers)


@pytest.mark.parametrize("kind", ["replicated", "sharded"])
def test_a_checkpoint_loads_at_any_number_of_ranks(tmp_path: Path, kind: str) -> None:
    one = alone(begin_and_save, folder=tmp_path / "one", kind=kind)
    two = in_ranks(begin_and_save, tmp_path / "ranks", folder=tmp_path / "two", kind=kind)[0]
    assert two == pytest.approx(one, rel=1e-3, abs=1e-4)
    names = {str(path.relative_to(tmp_path / "one")) for path in (tmp_path / "one" / "saved").rglob("*")}
    assert names == {str(path.relative_to(tmp_path / "two")) for path in (tmp_path / "two" / "saved").rglob("*")}

    alone_from_two = alone(go_on, folder=tmp_path / "three", saved=tmp_path / "two", kind=kind)
    assert alone_from_two == pytest.approx(two, rel=1e-5, abs=1e-5)
    both = in_ranks(go_on, tmp_path / "ranks", folder=tmp_path / "four", saved=tmp_path / "one", kind=kind)
    for each in both:
        assert each == pytest.approx(one, rel=1e-5, abs=1e-5)


def test_shares_are_all_rows_in_their_order() -> None:
    for rows in range(7):
        for size in range(1, 5):
            shares = [Ranks(rank, size).share(rows) for rank in range(size)]
            assert [row for share in shares for row in share] == list(range(rows))
            assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_each_rank_makes_as_many_passes_and_no_row_counts_twice() -> None:
    rows = list("abcdefg")
    passes = [list(passes_of(rows, 2, Ranks(rank, 3))) for rank in range(3)]
    assert [len(each) for each in passes] == [2, 2, 2]
    counted = [row for each in passes for one in each if one.counts for row in one.rows]
    assert counted == rows
    assert [(one.rows, one.weight) for one in passes[0]] == [(["a", "b"], 1.0), (["a"], 0.0)]


def test_more_ranks_than_devices_are_named() -> None:
    ranks = Ranks(rank=1, size=2, local_rank=1, local_size=2)
    assert device_of("auto", ranks) == torch.device("cpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.cuda, "is_available", lambda: True)
        patch.setattr(torch.cuda, "device_count", lambda: 2)
        assert device_of("auto", ranks) == torch.device("cuda", 1)
        patch.setattr(torch.cuda, "device_count", lambda: 1)
        with pytest.raises(WorkerError, match=r"worker\.processes: expected at most 1, a CUDA device each, got 2"):
            device_of("cuda", ranks)


def share_commands(ranks: Ranks, folder: Path) -> list[Any]:
    """Requests that succeed, fail alike, and fail on one rank; what each rank saw of them."""
    store = PrefixStore("test", dist.distributed_c10d._get_default_store())
    commands = Commands(ranks, store, lambda error: Failure(getattr(error, "code", "internal"), str(error)))
    patch = pytest.MonkeyPatch()
    patch.setattr("coso_worker.distributed.commands.GRACE_SECONDS", 2.0)
    patch.setenv("TORCHELASTIC_ERROR_FILE", str(folder / f"{ranks.rank}.json"))
    seen: list[Any] = []
    if ranks.is_first:
        commands.send("act", msgspec.Raw(msgspec.msgpack.encode({"seed": 1})), [b"pixels", b""])
    else:
        received = commands.receive()
        assert received is not None
        method, params, frames = received
        seen += [method, msgspec.msgpack.decode(params), [bytes(frame) for frame in frames]]
    seen.append(commands.perform("act", lambda: ranks.rank))

    def refuse() -> None:
        raise WorkerError("unknown-step", f"no step on rank {ranks.rank}")

    with pytest.raises(WorkerError, match=f"no step on rank {ranks.rank}"):
        commands.perform("score", refuse)
    with pytest.raises(WorkerError, match="PermissionError: not here"):
        ranks.first_does(_fail_to_write)
    seen.append(commands.perform("act", lambda: "goes on"))

    def fail_on_one() -> str:
        if ranks.rank == 1:
            raise MemoryError("no room")
        return "done"

    with pytest.raises(SystemExit) as ended:
        commands.perform("updatePolicy", fail_on_one)
    return [*seen, ended.value.code]


def fail_inside_an_exchange(ranks: Ranks, folder: Path) -> Any:
    """Rank 1 has no room in the middle of an update, in which rank 0 waits for its gradients."""
    store = PrefixStore("test", dist.distributed_c10d._get_default_store())
    commands = Commands(ranks, store, lambda error: Failure("internal", str(error)))
    patch = pytest.MonkeyPatch()
    patch.setattr("coso_worker.distributed.commands.GRACE_SECONDS", 1.0)
    patch.setenv("TORCHELASTIC_ERROR_FILE", str(folder / f"{ranks.rank}.json"))

    def work() -> None:
        if ranks.rank == 1:
            raise MemoryError("no room")
        ranks.sum(torch.ones(3))

    with pytest.raises(SystemExit) as ended:
        commands.perform("updatePolicy", work)
    return ended.value.code


def _fail_to_write() -> None:
    raise PermissionError("not here")


def test_ranks_go_on_after_failing_alike_and_end_after_failing_apart(tmp_path: Path) -> None:
    first, second = in_ranks(share_commands, tmp_path / "ranks", folder=tmp_path)
    assert first == [0, "goes on", 1]
    assert second == ["act", {"seed": 1}, [b"pixels", b""], 1, "goes on", 1]
    why = json.loads((tmp_path / "1.json").read_text())["message"]
    assert why == "updatePolicy: internal: no room"


def test_a_rank_that_fails_while_others_wait_for_it_ends_all(tmp_path: Path) -> None:
    assert in_ranks(fail_inside_an_exchange, tmp_path / "ranks", folder=tmp_path) == [1, 1]
    words = [json.loads((tmp_path / f"{rank}.json").read_text())["message"] for rank in range(2)]
    assert words == ["updatePolicy: another rank failed", "updatePolicy: internal: no room"]


def test_the_launcher_names_the_rank_that_went_first(tmp_path: Path) -> None:
    def failure(exitcode: int, words: str | None = None, timestamp: int = 0) -> ProcessFailure:
        file = tmp_path / f"{exitcode}-{timestamp}.json"
        if words is not None:
            file.write_text(json.dumps({"message": words, "timestamp": timestamp}))
        return ProcessFailure(local_rank=0, pid=1, exitcode=exitcode, error_file=str(file))

    taken_along = failure(-signal.SIGTERM)
    assert first_failure({0: taken_along, 1: failure(-signal.SIGKILL)}, 2) == "rank 1 of 2 was ended by SIGKILL"
    failures = {0: failure(1, "act: another", 8), 3: failure(1, "updatePolicy: out-of-memory: no room", 5)}
    assert first_failure(failures, 4) == "rank 3 of 4 exited with code 1: updatePolicy: out-of-memory: no room"
    assert first_failure({0: failure(2)}, 1) == "rank 0 of 1 exited with code 2"
