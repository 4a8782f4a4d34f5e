"""The convolutional network of Mnih et al. (2015) with a head over actions, initialised as is usual for PPO on pixels:
orthogonal weights, and heads scaled so that a fresh policy is close to uniform."""

from __future__ import annotations

import math

from torch import Tensor, nn

from coso_worker.protocol.messages import ConvolutionalPolicy

COLOURS = 3
HIDDEN_GAIN = math.sqrt(2)
ACTION_GAIN = 0.01
VALUE_GAIN = 1.0


class ConvolutionalNetwork(nn.Module):
    """Pixels float [N, 3, S, S] → features float [N, H] → action logits float [N, A]."""

    def __init__(self, spec: ConvolutionalPolicy) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels, side = COLOURS, spec.image_size
        for layer in spec.layers:
            layers += [nn.Conv2d(channels, layer.filters, layer.kernel, layer.stride), nn.ReLU()]
            channels, side = layer.filters, (side - layer.kernel) // layer.stride + 1
        layers += [nn.Flatten(), nn.Linear(channels * side * side, spec.hidden_size), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.actions = nn.Linear(spec.hidden_size, len(spec.utterances))
        _initialise(self.features, HIDDEN_GAIN)
        _initialise(self.actions, ACTION_GAIN)


class LinearValueHead(nn.Module):
    """V(s) from features float [N, H], float32 [N]."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.layer = nn.Linear(hidden_size, 1)
        _initialise(self.layer, VALUE_GAIN)

    def forward(self, features_NH: Tensor) -> Tensor:
        values_N1: Tensor = self.layer(features_NH.to(self.layer.weight.dtype))
        return values_N1.squeeze(-1)


def _initialise(part: nn.Module, gain: float) -> None:
    for module in part.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.orthogonal_(module.weight, gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
