"""Numbers about numbers: intervals and expectations, pure functions on arrays."""

from dalle_explore.statistics.intervals import Rate, best_of, macro_average, rate, wilson

__all__ = ["Rate", "best_of", "macro_average", "rate", "wilson"]
