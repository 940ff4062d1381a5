"""What the numbers mean: from a stored result to summaries, paired differences, the sentence and the curves of the plots."""

from sim.analysis.compare import differences
from sim.analysis.headline import headline
from sim.analysis.matrix import matrix
from sim.analysis.summary import summarise

__all__ = ["differences", "headline", "matrix", "summarise"]
