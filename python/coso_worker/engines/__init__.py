"""What says the utterances of a rollout."""

from coso_worker.engines.engine import RolloutEngine, Saying
from coso_worker.engines.own import OwnEngine
from coso_worker.engines.recomputed import Recomputed
from coso_worker.engines.separate import SeparateEngine

__all__ = ["OwnEngine", "Recomputed", "RolloutEngine", "Saying", "SeparateEngine"]
