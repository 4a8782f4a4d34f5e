"""V(s) on the last hidden state of the prompt, as in RL4VLM (4096 → 1024 → 512 → 1, narrower for small models)."""

from __future__ import annotations

from torch import Tensor, nn

WIDTHS = (1024, 512)


class ValueHead(nn.Module):
    """Hidden states float [N, H] → values float32 [N]."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        first, second = (min(width, hidden_size) for width in WIDTHS)
        self.layers = nn.Sequential(
            nn.Linear(hidden_size, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, 1)
        )

    def forward(self, state_NH: Tensor) -> Tensor:
        # Of its own precision: float32 on top of a backbone in half precision.
        values_N1: Tensor = self.layers(state_NH.to(next(self.parameters()).dtype))
        return values_N1.squeeze(-1)
