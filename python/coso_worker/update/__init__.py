"""Algorithm 1, line 18: the update of θ. PPO or AWR over utterances, the weighted entropy of Eq. 7, and terms that hold
the policy back. Shapes: N steps, L tokens of one utterance, T utterance tokens of all steps one after another."""

from coso_worker.update.epochs import update_policy
from coso_worker.update.experience import Experience
from coso_worker.update.settings import (
    AwrObjective,
    EntropyBonus,
    KlPenalty,
    MismatchHandling,
    PpoObjective,
    UpdateSettings,
)

__all__ = [
    "AwrObjective",
    "EntropyBonus",
    "Experience",
    "KlPenalty",
    "MismatchHandling",
    "PpoObjective",
    "UpdateSettings",
    "update_policy",
]
