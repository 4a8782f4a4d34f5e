"""ALFWorld's text worlds and games of our own, spoken to in JSON."""
