"""AutoUI (Zhang & Zhang, 2023) as DigiRL uses it: a T5 whose encoder states are mixed with features of one image."""

from coso_worker.policies.autoui.policy import AutoUiPolicy

__all__ = ["AutoUiPolicy"]
