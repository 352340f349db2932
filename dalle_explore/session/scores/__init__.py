"""What scores say: values that show themselves, made of the scores of several prompts."""

from dalle_explore.session.scores.held import ScoredPrompt
from dalle_explore.session.scores.scores import Scores

__all__ = ["ScoredPrompt", "Scores"]
