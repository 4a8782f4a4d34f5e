"""The structural causal model of Assumption 4.1: reads an utterance and predicts the parsed action.

Shapes: N utterances, L tokens of the policy, K tokens of the encoder, F action factors, A labels of a factor.
P(a | y) is the product of the factors' probabilities; with one factor it is the paper's Eq. 5.
"""

from coso_worker.scm.encoders.encoder import Encoder
from coso_worker.scm.encoders.fresh import FreshEncoder, FreshEncoderSize
from coso_worker.scm.encoders.pretrained import PretrainedEncoder
from coso_worker.scm.fit import ScmFit, fit_scm
from coso_worker.scm.network import Pooling, StructuralCausalModel, action_log_probs

__all__ = [
    "Encoder",
    "FreshEncoder",
    "FreshEncoderSize",
    "Pooling",
    "PretrainedEncoder",
    "ScmFit",
    "StructuralCausalModel",
    "action_log_probs",
    "fit_scm",
]
