"""Cuts between scores, so that no bin of a calibration holds a handful of one outcome."""

from typing import Final

import numpy as np

from models.matrix import F64, Ints

# Scores are cut at most so often before bins are joined.
_MAX_CUTS: Final = 500


def cut(score: F64, hit: F64, outcomes: int) -> Ints:
    """Cut sorted scores into bins of at least so many of both outcomes.

    Parameters
    ----------
    score : (n,) float64
        Ascending.
    hit : (n,) float64
        One for a conversion, zero for none.
    outcomes : int

    Returns
    -------
    (b,) int64
        First row of each bin; equal scores are never in two.
    """
    width = max(1, -(-len(score) // _MAX_CUTS))
    # A bin ends only between two different scores, so equal scores share their probability.
    ends = np.searchsorted(score, score[np.arange(width - 1, len(score), width)], side="right")
    return _merged(np.unique(np.concatenate([[0], ends[ends < len(score)]])), hit, outcomes)


def _merged(starts: Ints, hit: F64, outcomes: int) -> Ints:
    """Join bins until each holds so many of both outcomes; the last may take more."""
    positives = np.append(0, np.cumsum(np.add.reduceat(hit, starts)))
    rows = np.append(starts, len(hit))
    kept = [0]
    for index in range(1, len(starts)):
        gained = positives[index] - positives[kept[-1]]
        lost = rows[index] - rows[kept[-1]] - gained
        left = positives[-1] - positives[index]
        still = len(hit) - rows[index] - left
        if min(gained, lost, left, still) >= outcomes:
            kept.append(index)
    merged: Ints = starts[np.array(kept)]
    return merged
