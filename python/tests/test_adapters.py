"""LoRA: what learns, what stays, the reference, dropout, and peft's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from peft import PeftModel
from torch import Tensor
from transformers import AutoModelForCausalLM

from conftest import UTTERANCES, build_params, checkpoint_policy, ignore_progress
from coso_worker.errors import WorkerError
from coso_worker.handlers import Handlers
from coso_worker.policies.hugging_face import HuggingFacePolicy
from coso_worker.policies.policy import Policy
from coso_worker.policies.token_statistics import token_statistics
from coso_worker.protocol import messages
from test_checkpoint import iterate, load, save
from test_families import log_probs, usual_prompts
from tiny_checkpoints import FAMILIES, FamilyName, write_checkpoint

DropoutIn = Literal["nothing", "sft", "sft-and-rl"]


def lora(
    *,
    dropout: float = 0.0,
    dropout_in: DropoutIn = "sft",
    targets: Literal["language", "everything"] = "language",
) -> messages.Lora:
    return messages.Lora(rank=2, alpha=4, dropout=dropout, dropout_in=dropout_in, targets=targets)


def policy_of(
    folder: Path, adapters: messages.Lora | None, dtype: torch.dtype = torch.float32, **settings: Any
) -> HuggingFacePolicy:
    spec = checkpoint_policy(folder, lora=adapters, **settings)
    return HuggingFacePolicy(spec, device=torch.device("cpu"), dtype=dtype, seed=1)


def worker_of(folder: Path, spec: messages.Lora, *, seed: int = 1) -> Handlers:
    """A whole worker around a LLaVA-NeXT with adapters."""
    params = build_params(folder, seed)
    params.policy = checkpoint_policy(folder, lora=spec)
    handlers = Handlers()
    handlers.build(params, [], ignore_progress)
    return handlers


def shake(policy: Policy) -> None:
    """Fresh adapters change nothing, since half of each is zero: give them something to say."""
    torch.manual_seed(9)
    with torch.no_grad():
        for parameter in policy.learning_parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)


@pytest.mark.parametrize("family", FAMILIES)
def test_fresh_adapters_leave_the_policy_as_it_was(family: FamilyName, tmp_path: Path) -> None:
    folder = write_checkpoint(family, tmp_path)
    bare, adapted = policy_of(folder, None), policy_of(folder, lora())
    prompts = usual_prompts(bare, family)
    utterances = bare.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
    assert torch.equal(log_probs(bare, prompts, utterances), log_probs(adapted, prompts, utterances))
    shake(adapted)
    assert not torch.equal(log_probs(bare, prompts, utterances), log_probs(adapted, prompts, utterances))


@pytest.mark.parametrize("family", FAMILIES)
def test_adapters_sit_on_the_language_model_unless_everything_is_asked_for(family: FamilyName, tmp_path: Path) -> None:
    folder = write_checkpoint(family, tmp_path)

    def adapted(targets: Literal["language", "everything"]) -> set[str]:
        policy = policy_of(folder, lora(targets=targets))
        return {name for name, parameter in policy.model.named_parameters() if parameter.requires_grad}

    language, everything = adapted("language"), adapted("everything")
    assert language and all(".lora_" in name for name in everything)
    assert not any("vis" in name or "projector" in name or "lm_head" in name for name in language)
    assert language == everything if family in ("qwen2", "llama") else language < everything


def test_the_base_stays_in_half_precision_and_adapters_in_single(tmp_path: Path) -> None:
    policy = policy_of(write_checkpoint("llava_next", tmp_path), lora(), torch.bfloat16)
    learning = set(policy.learning_parameters())
    assert {parameter.dtype for parameter in learning} == {torch.float32}
    assert {parameter.dtype for parameter in policy.model.parameters() if parameter not in learning} == {torch.bfloat16}
    prompts = usual_prompts(policy, "llava_next")
    utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
    before = log_probs(policy, prompts, utterances)
    shake(policy)
    assert not torch.equal(log_probs(policy, prompts, utterances), before)


def test_an_iteration_changes_adapters_alone(tmp_path: Path) -> None:
    handlers = worker_of(write_checkpoint("llava_next", tmp_path), lora())
    policy = handlers.agent.policy
    learning = {id(parameter) for parameter in policy.learning_parameters()}
    before = {name: parameter.detach().clone() for name, parameter in policy.model.named_parameters()}
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    first, second = iterate(handlers, 0), iterate(handlers, 1)
    # The reference is the policy that RL starts from: no distance at first, some after a step.
    assert first["loss/kl"] == pytest.approx(0, abs=1e-6)
    assert second["loss/kl"] > 1e-6
    changed = {
        name
        for name, parameter in policy.model.named_parameters()
        if name in before and not torch.equal(parameter, before[name])
    }
    named = {name for name, parameter in policy.model.named_parameters() if id(parameter) in learning}
    assert changed and changed <= named


def test_the_reference_is_the_policy_as_it_was_kept(tmp_path: Path) -> None:
    policy = policy_of(write_checkpoint("qwen2", tmp_path), lora())
    prompts = usual_prompts(policy, "qwen2")
    utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])

    @torch.no_grad()
    def reference_log_probs() -> Tensor:
        states_TH = policy.hidden(prompts, utterances, reference=True).utterance_TH
        logits = lambda hidden_TH: policy.logits(hidden_TH, reference=True)  # noqa: E731
        return token_statistics(
            states_TH, torch.cat(utterances), logits, 0.7, vocabulary_size=policy.vocabulary_size
        ).log_probs_T

    with pytest.raises(WorkerError, match="keepReference"):
        reference_log_probs()
    shake(policy)
    kept = log_probs(policy, prompts, utterances)
    policy.keep_reference()
    shake(policy)
    assert torch.equal(reference_log_probs(), kept)
    assert not torch.equal(log_probs(policy, prompts, utterances), kept)
    policy.keep_reference()
    assert torch.equal(reference_log_probs(), log_probs(policy, prompts, utterances))


def test_a_loaded_worker_goes_on_bit_for_bit(tmp_path: Path) -> None:
    folder = write_checkpoint("llava_next", tmp_path / "base")
    first = worker_of(folder, lora())
    first.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    iterate(first, 0)
    save(first, tmp_path / "checkpoint")
    uninterrupted = [iterate(first, k) for k in (1, 2)]

    second = worker_of(folder, lora(), seed=2)
    assert load(second, tmp_path / "checkpoint") == "all"
    assert [iterate(second, k) for k in (1, 2)] == uninterrupted
    # The base is not written again with every checkpoint.
    assert not list((tmp_path / "checkpoint").rglob("model.safetensors"))


def test_adapters_of_another_rank_are_refused(tmp_path: Path) -> None:
    folder = write_checkpoint("llava_next", tmp_path / "base")
    save(worker_of(folder, lora()), tmp_path / "checkpoint")
    other = worker_of(folder, messages.Lora(rank=3, alpha=4, dropout=0, dropout_in="sft", targets="language"))
    with pytest.raises(WorkerError, match="cannot load"):
        load(other, tmp_path / "checkpoint")
    more = worker_of(folder, lora(targets="everything"))
    with pytest.raises(WorkerError, match="other layers"):
        load(more, tmp_path / "checkpoint")


def test_peft_itself_loads_what_was_saved(tmp_path: Path) -> None:
    folder = write_checkpoint("qwen2", tmp_path / "base")
    policy = policy_of(folder, lora())
    shake(policy)
    policy.keep_reference()
    policy.save_pretrained(tmp_path / "saved")
    base: Any = AutoModelForCausalLM.from_pretrained(folder)
    loaded = PeftModel.from_pretrained(base, str(tmp_path / "saved")).eval()
    tokens = usual_prompts(policy, "qwen2")[0].tokens_P.unsqueeze(0)
    with torch.no_grad():
        assert torch.equal(loaded(tokens).logits, policy.model(tokens).logits)


@pytest.mark.parametrize(("dropout_in", "differs"), [("nothing", False), ("sft", False), ("sft-and-rl", True)])
def test_dropout_reaches_the_update_only_where_it_is_asked_for(
    dropout_in: DropoutIn, differs: bool, tmp_path: Path
) -> None:
    handlers = worker_of(write_checkpoint("llava_next", tmp_path), lora(dropout=0.5, dropout_in=dropout_in))
    shake(handlers.agent.policy)
    handlers.keep_reference(messages.KeepReferenceParams(), [], ignore_progress)
    gap = iterate(handlers, 0)["mismatch/max"]
    assert gap > 1e-3 if differs else gap < 1e-4


@pytest.mark.parametrize(("dropout_in", "differs"), [("nothing", False), ("sft", True), ("sft-and-rl", True)])
def test_dropout_in_supervised_learning(dropout_in: DropoutIn, differs: bool, tmp_path: Path) -> None:
    policy = policy_of(write_checkpoint("qwen2", tmp_path), lora(dropout=0.5, dropout_in=dropout_in))
    shake(policy)
    prompts = usual_prompts(policy, "qwen2")
    utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
    acting = log_probs(policy, prompts, utterances)
    with policy.learning("sft"):
        assert torch.equal(log_probs(policy, prompts, utterances), acting) != differs
    assert torch.equal(log_probs(policy, prompts, utterances), acting)


# ── memory for time, and towers that stay ────────────────────────────────────────────────────────────────────────────


# The last is how a 7B learns: a layer that is computed again has to drop out the same, in the same precision.
@pytest.mark.parametrize(
    ("spec", "dtype"),
    [
        (None, torch.float32),
        (lora(), torch.float32),
        (lora(dropout=0.3, dropout_in="sft-and-rl"), torch.float32),
        (lora(dropout=0.3, dropout_in="sft-and-rl"), torch.bfloat16),
    ],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_are_those_of_activations_that_were_kept(
    family: FamilyName, spec: messages.Lora | None, dtype: torch.dtype, tmp_path: Path
) -> None:
    folder = write_checkpoint(family, tmp_path)

    def gradients(*, checkpointing: bool) -> list[Tensor]:
        policy = policy_of(folder, spec, dtype, gradient_checkpointing=checkpointing)
        if spec is not None:
            shake(policy)
        prompts = usual_prompts(policy, family)
        utterances = policy.tokenize([UTTERANCES[row % 3] for row in range(len(prompts))])
        torch.manual_seed(5)
        with policy.learning("rl"):
            hidden = policy.hidden(prompts, utterances)
            statistics = token_statistics(
                hidden.utterance_TH, torch.cat(utterances), policy.logits, 0.7, vocabulary_size=policy.vocabulary_size
            )
            statistics.log_probs_T.sum().backward()
        return [parameter.grad for parameter in policy.learning_parameters() if parameter.grad is not None]

    kept, again = gradients(checkpointing=False), gradients(checkpointing=True)
    assert kept and all(torch.allclose(ours, theirs, atol=1e-6) for ours, theirs in zip(kept, again, strict=True))


def test_layers_are_computed_again_in_the_backward_pass_and_not_while_sampling(tmp_path: Path) -> None:
    folder = write_checkpoint("qwen2", tmp_path)
    policy = policy_of(folder, None, gradient_checkpointing=True)
    calls: list[bool] = []
    attention = policy.model.get_decoder().layers[0].self_attn
    attention.register_forward_hook(lambda *_: calls.append(torch.is_grad_enabled()))
    prompts = usual_prompts(policy, "qwen2")
    utterances = policy.tokenize([UTTERANCES[0]] * len(prompts))
    with policy.learning("sft"):
        hidden = policy.hidden(prompts, utterances)
        assert len(calls) == 1
        hidden.utterance_TH.sum().backward()
    assert len(calls) == 2
    log_probs(policy, prompts, utterances)
    assert len(calls) == 3


def test_a_frozen_tower_keeps_its_weights(tmp_path: Path) -> None:
    folder = write_checkpoint("llava_next", tmp_path)
    frozen, free = policy_of(folder, None, is_vision_frozen=True), policy_of(folder, None)
    tower = sum(parameter.numel() for parameter in frozen.model.model.vision_tower.parameters())
    counts = [sum(each.numel() for each in policy.learning_parameters()) for policy in (frozen, free)]
    assert tower > 0 and counts[0] == counts[1] - tower
