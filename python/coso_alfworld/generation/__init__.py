"""Solvable games of all six task types, in the official folder form."""
