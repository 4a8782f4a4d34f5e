"""Nested JSON as one level of names."""

from __future__ import annotations

import json
from typing import Any

Scalar = bool | int | float | str


def scalars(tree: dict[str, Any], prefix: str = "", separator: str = ".") -> dict[str, Scalar]:
    """
    `{"sft": {"steps": 3}, "kl": None}` as `{"sft.steps": 3, "kl": "null"}`; a list becomes its JSON, for a setting of
    several values is still one setting.
    """
    flat: dict[str, Scalar] = {}
    for name, value in tree.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            flat |= scalars(value, f"{path}{separator}", separator)
        else:
            flat[path] = value if isinstance(value, bool | int | float | str) else json.dumps(value)
    return flat


def outcomes(summary: dict[str, Any]) -> dict[str, float]:
    """
    The numbers of a `summary.json`; whatever is no number, and histograms, are left out. For example
    `{"successRate": 0.9, "successInterval/low": 0.85, "stages/after SFT/greedy/rate": 0.5, "seconds/total": 71}`.
    """
    low, high = summary["successInterval"]
    tree = {name: value for name, value in summary.items() if name not in {"seed", "stages", "successInterval"}}
    tree["successInterval"] = {"low": low, "high": high}
    tree["stages"] = {
        stage["stage"]: {how: stage[how] for how in ("sampled", "greedy") if stage[how] is not None}
        for stage in summary["stages"]
    }
    flat = scalars(tree, separator="/")
    # To Python a bool is an int; a summary holds none, its text belongs elsewhere.
    return {name: value for name, value in flat.items() if not isinstance(value, bool | str)}
