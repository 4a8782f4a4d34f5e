"""Checkpoints in Hugging Face's form from weights that Python packages carry; `coso weights` runs it."""
