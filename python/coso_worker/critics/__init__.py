"""AWR's critics, as DigiRL has them: P(success) of a state, by two heads of which the lower counts, and P(success) of
an instruction alone. Nothing flows back into what they read with.

Shapes: N examples, H features of one state or text, F features that a network reads, T steps of an episode.
"""

from coso_worker.critics.critics import Critics
from coso_worker.critics.episodes import CriticEpisode
from coso_worker.critics.fit import Fit, fit_instructions, fit_states

__all__ = ["CriticEpisode", "Critics", "Fit", "fit_instructions", "fit_states"]
