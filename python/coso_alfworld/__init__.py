"""ALFWorld's worlds, in text and in AI2-THOR, and games of our own, spoken to in JSON."""
