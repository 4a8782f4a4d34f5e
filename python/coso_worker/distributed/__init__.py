"""One worker of several processes: which rows are whose, how gradients become one, what every rank is told."""
