"""Numbers about numbers: intervals and expectations, pure functions on arrays."""

from dalle_explore.statistics.calibration import (
    Bin,
    Isotonic,
    auc_pooled,
    auc_within,
    bins,
    brier,
    isotonic,
)
from dalle_explore.statistics.curves import STATISTICS, Curve, curve, doublings, standardised
from dalle_explore.statistics.distribution import (
    bandwidth,
    common_bandwidth,
    density,
    dkw,
    ecdf,
)
from dalle_explore.statistics.effects import AxisEffects, SlotEffects, ValueEffect, effects
from dalle_explore.statistics.intervals import Rate, best_of, macro_average, rate, wilson
from dalle_explore.statistics.many import holm
from dalle_explore.statistics.paired import Paired, mcnemar, paired_difference, pairs_needed
from dalle_explore.statistics.ranks import Mean, mean, spearman
from dalle_explore.statistics.retrieval import (
    Retrieval,
    Swap,
    Swaps,
    retrieval,
    swap_block,
    swap_blocks,
)
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
from dalle_explore.statistics.sizes import Size, auc, cliffs_delta, hedges_g, risk_difference
from dalle_explore.statistics.student import t95
from dalle_explore.statistics.variance import Component, Variance, effective_n, split

__all__ = [
    "AxisEffects",
    "Bin",
    "Component",
    "Curve",
    "Isotonic",
    "Mean",
    "Paired",
    "Rate",
    "Retrieval",
    "STATISTICS",
    "Size",
    "SlotEffects",
    "Swap",
    "Swaps",
    "ValueEffect",
    "Variance",
    "auc",
    "auc_pooled",
    "auc_within",
    "bandwidth",
    "best_of",
    "bins",
    "brier",
    "ceiling",
    "cliffs_delta",
    "common_bandwidth",
    "curve",
    "density",
    "divergence_bound",
    "dkw",
    "doublings",
    "ecdf",
    "effective_n",
    "effects",
    "efficiency",
    "expected_best",
    "expected_gold",
    "hedges_g",
    "holm",
    "isotonic",
    "macro_average",
    "mcnemar",
    "mean",
    "null_gain",
    "paired_difference",
    "pairs_needed",
    "rate",
    "retrieval",
    "risk_difference",
    "spearman",
    "split",
    "standardised",
    "swap_block",
    "swap_blocks",
    "t95",
    "weights",
    "wilson",
    "win_rate_bound",
]
