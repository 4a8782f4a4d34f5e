"""What says the utterances of a rollout."""

from coso_worker.engines.engine import RolloutEngine
from coso_worker.engines.own import OwnEngine
from coso_worker.engines.recomputed import Recomputed
from coso_worker.engines.vllm import VllmEngine

__all__ = ["OwnEngine", "Recomputed", "RolloutEngine", "VllmEngine"]
