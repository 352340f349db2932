"""Numbers about numbers: intervals and expectations, pure functions on arrays."""

from dalle_explore.statistics.curves import STATISTICS, Curve, curve, doublings, standardised
from dalle_explore.statistics.distribution import (
    bandwidth,
    common_bandwidth,
    density,
    dkw,
    ecdf,
)
from dalle_explore.statistics.intervals import Rate, best_of, macro_average, rate, wilson
from dalle_explore.statistics.many import holm
from dalle_explore.statistics.paired import Paired, mcnemar, paired_difference, pairs_needed
from dalle_explore.statistics.ranks import Mean, mean, spearman
from dalle_explore.statistics.selection import (
    ceiling,
    divergence_bound,
    efficiency,
    expected_best,
    expected_gold,
    null_gain,
    weights,
    win_rate_bound,
)

__all__ = [
    "Curve",
    "Mean",
    "Paired",
    "Rate",
    "STATISTICS",
    "bandwidth",
    "best_of",
    "ceiling",
    "common_bandwidth",
    "curve",
    "density",
    "divergence_bound",
    "dkw",
    "doublings",
    "ecdf",
    "efficiency",
    "expected_best",
    "expected_gold",
    "holm",
    "macro_average",
    "mcnemar",
    "mean",
    "null_gain",
    "paired_difference",
    "pairs_needed",
    "rate",
    "spearman",
    "standardised",
    "weights",
    "wilson",
    "win_rate_bound",
]
