"""Causal weights B of an utterance's tokens."""
