"""Gym Cards as the field's Python writes it, for comparison: Pillow draws all frames, fonts and cards are made once."""
