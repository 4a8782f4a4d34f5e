"""Two engines for one game: textworld's own, and one that plays the same game faster."""
