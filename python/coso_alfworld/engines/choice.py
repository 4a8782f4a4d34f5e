"""Which engine plays: the compiled one where it is known to equal textworld's, which other versions get."""

from __future__ import annotations

from importlib.metadata import version
from typing import Literal

from coso_alfworld.engines.compiled import CompiledEngine
from coso_alfworld.engines.engine import Engine
from coso_alfworld.engines.stock import StockEngine

EngineName = Literal["compiled", "stock"]

COMPARED = {"alfworld": "0.4.2", "textworld": "1.7.0", "fast-downward-textworld": "20.6.4"}
"""Versions with which the two engines were compared; the compiled one reaches into all three."""


def installed() -> dict[str, str]:
    return {name: version(name) for name in COMPARED}


def default_engine() -> EngineName:
    return "compiled" if installed() == COMPARED else "stock"


def make_engine(name: EngineName | None = None) -> Engine:
    """The default is `default_engine`."""
    return CompiledEngine() if (name or default_engine()) == "compiled" else StockEngine()
