"""The level of probabilities for the leads they are meant for, who are not those learnt from.

Sales chose whom to contact by what files tell. Trees that must find that out from few conversions
blur it, so of two leads with one score the one that was contacted is a little the better, and
probabilities calibrated among contacts say too much of the rest. Rows count here by how much more
often their like is found among the leads to be scored (covariate shift: Shimodaira 2000,
doi:10.1016/S0378-3758(00)00115-4). Only how far that moves the level is used: weighted rows tell
too little to bend a map by.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from features.featureset import FeatureSet
from models import boosting
from models.block import Block
from models.manifest import JSON, rounded
from models.matrix import F32, F64, Bools, Ints
from models.params import Candidate, TrainSettings
from models.split import uniform

# Judgement: what a row may count for, times the average; beyond it one row speaks for a crowd.
MOST_WEIGHT: Final = 5.0

# A selection that moves the level by a tenth is usual; what chance explains is believed less.
_USUAL_SHIFT: Final = 0.1

_MOST_ROWS: Final = 100_000
_LEAST_ROWS: Final = 1_000
_TELLER: Final = Candidate(
    name="likeness", trees=150, leaves=15, learning_rate=0.1, feature_fraction=0.5, lambda_l2=10,
    min_leaf_rows=50,
)  # fmt: skip


@dataclass(frozen=True)
class Likeness:
    """How far the level of labelled rows moves when they count like the leads to be scored.

    Parameters
    ----------
    rows : int
        Leads to be scored that were looked at; 0 = too few, and nothing moves.
    conversions : float
        So many conversions of equal weight would tell as much.
    found, error : float
        Log-odds, and its standard error.
    shift : float
        Of `found`, what is added to the log-odds: drawn to 0 by how far chance explains it.
    """

    rows: int
    conversions: float
    found: float
    error: float
    shift: float

    @property
    def reason(self) -> str:
        """What was found, in words; empty where nothing was looked at."""
        if not self.rows:
            return ""
        change = float(np.expm1(self.shift))
        return (
            f"leads like the {self.rows} to be scored convert {abs(change):.1%} "
            f"{'less' if change < 0 else 'more'} often than all of one score that were contacted: "
            "the level is corrected by it"
        )

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "rows": self.rows,
            "conversions": rounded(self.conversions),
            "found": rounded(self.found),
            "error": rounded(self.error),
            "shift": rounded(self.shift),
        }


NONE: Final = Likeness(0, 0.0, 0.0, 0.0, 0.0)


def weigh(
    matrix: F32, rows: Ints, tied: Ints, meant: F32, features: FeatureSet, params: TrainSettings
) -> F64 | None:
    """Return what each labelled row counts for.

    Parameters
    ----------
    matrix : (n, k) float32
    rows : (r,) int64
        Positions of the rows asked for.
    tied : (n,) int64
        Person: no row is judged by a model that saw a row of the same person.
    meant : (m, k) float32
        Leads to be scored.

    Returns
    -------
    (r,) float64 or None
        Odds of being one of `meant`, the mean 1 before they are cut at `MOST_WEIGHT`. None: fewer
        than a thousand of either.
    """
    if min(len(rows), len(meant)) < _LEAST_ROWS:
        return None
    # What must rise with conversion need not rise with being chosen.
    free = replace(features, features=tuple(replace(f, monotone=0) for f in features.features))
    half = uniform(tied[rows], params.seed + 3) < 0.5
    other = uniform(np.arange(len(meant)), params.seed + 3) < 0.5
    is_drawn = uniform(rows, params.seed + 4) < _MOST_ROWS / len(rows)
    odds = np.empty(len(rows))
    for side in (False, True):
        seen = matrix[rows[is_drawn & (half == side)]]
        label = np.arange(len(seen) + int((other == side).sum())) >= len(seen)
        block = Block(np.concatenate([seen, meant[other == side]]), label)
        binned = boosting.dataset(block, free, params)
        teller = boosting.fit(_TELLER, binned, None, free, params)
        odds[half != side] = boosting.raw_score_of(
            teller, matrix, rows[half != side], params.num_threads
        )
    found = np.exp(odds - odds.max())
    return np.asarray(np.minimum(found / found.mean(), MOST_WEIGHT), dtype=np.float64)


def measure(probability: F64, label: Bools, weight: F64, rows: int) -> Likeness:
    """Compare the level of weighted rows with that of the same rows counted once each.

    The difference, so that a base rate that moved, which both see, is not counted again.

    Parameters
    ----------
    probability : (n,) float64
        Calibrated, of rows that the trees behind it did not see.
    label : (n,) bool
    weight : (n,) float64
    rows : int
        Leads to be scored behind the weights.
    """
    spread = probability * (1 - probability)
    share = weight / float((weight * spread).sum()) - 1 / float(spread.sum())
    excess = share * (label - probability)
    found, error = float(excess.sum()), float(np.sqrt((excess**2).sum()))
    hit = weight[label]
    conversions = float(hit.sum() ** 2 / (hit**2).sum()) if len(hit) else 0.0
    believed = _USUAL_SHIFT**2 / (_USUAL_SHIFT**2 + error**2)
    return Likeness(rows, conversions, found, error, found * believed)
