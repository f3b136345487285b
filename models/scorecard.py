"""A scorecard: a handful of columns, a shrunk rate for each of their values, points that add up.

For homes with too few labels for trees. Every rate is pulled towards that of all leads by a prior
whose strength the data set (empirical Bayes, beta-binomial), so ten leads of a rare source do not
speak as loud as a thousand. What the sum is worth is measured on persons left out.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import betaln, ndtri

from features.featureset import FeatureSet
from features.spec import Kind
from models import calibrate
from models.calibrate import Calibration
from models.cells import Cells, cut, tally
from models.matrix import F32, F64, Bools, Ints
from models.metrics import fitted_losses
from models.significance import mean_error_by
from models.split import mix

STATED: Final = (
    "lead_source", "country", "seniority_level", "lead_age_days", "days_since_last_inbound",
    "inbound_365d_log_count",
)  # fmt: skip
"""Columns of the scorecard of dated leads: each can be told to anybody in a sentence.

All of them, without choosing: what tells nothing gets no points from its prior, and a choice by few
conversions picks worse (323,254 rows of a world of a million leads, 25 draws each: of 250 rows with
18 conversions all six give an AUC of 0.69 on others and a choice 0.55 to 0.59; of 4,000 rows 0.75
both).
"""

MAX_TERMS: Final = 5
"""Columns of a card that were chosen among unknown ones."""

_BANDS: Final = 5
_FOLDS: Final = 5
_STRENGTHS: Final = np.geomspace(1, 1e6, 61)
# Half a standard error for a single column; the more are tried, the more the best must show.
_CHANCE: Final = 0.3


@dataclass(frozen=True)
class Term:
    """One column of the card.

    Parameters
    ----------
    column : int
        Position in the matrix that it was fitted on.
    cells : Cells
    rows, positives : (c,) int64
        Leads and conversions per cell; the last is for missing values.
    rate : (c,) float64
        Shrunk rate, inside (0, 1).
    strength : float
        Leads at the rate of all that the prior is worth.
    points : (c,) float64
        Log-odds to add; 0 where nothing is known.
    """

    column: int
    cells: Cells
    rows: Ints
    positives: Ints
    rate: F64
    strength: float
    points: F64


@dataclass(frozen=True)
class Card:
    """A fitted scorecard; log-odds = the calibration's intercept + the points of every term.

    Parameters
    ----------
    terms : tuple of Term
        Empty where no column tells leads apart.
    calibration : Calibration
        A line of slope 1: the slope that suits persons left out is in the points already.
    evidence : float
        By how much the loss of persons left out is lower than that of one rate for everybody, in
        standard errors.
    """

    terms: tuple[Term, ...]
    calibration: Calibration
    evidence: float

    def raw_score(self, matrix: F32) -> F64:
        """Return the sum of points, (n,) float64, of a matrix (n, k) as it was fitted on."""
        total = np.zeros(len(matrix))
        for term in self.terms:
            total += term.points[term.cells.of(matrix[:, term.column])]
        return total


@dataclass(frozen=True, eq=False)
class _Column:
    """A column cut into cells, and what persons left out would be given for it."""

    index: int
    cells: Cells
    rows: Ints
    positives: Ints
    held_out: F64


def fit(
    matrix: F32,
    label: Bools,
    group: Ints,
    bunch: Ints,
    features: FeatureSet,
    columns: Collection[int] | None,
) -> Card:
    """Choose columns, shrink their rates, and calibrate the sum on persons left out.

    Parameters
    ----------
    matrix : (n, k) float32
        NaN = missing.
    label : (n,) bool
        Both outcomes.
    group : (n,) int64
        Person: never on both sides of a fold.
    bunch : (n,) int64
        Rows that share luck (`models.significance`).
    features : FeatureSet
        What `matrix` holds.
    columns : collection of int or None
        Positions of the columns of the card; None = every column is tried and the best are chosen.
    """
    fold = (mix(group, 5) % np.uint64(_FOLDS)).astype(np.int64)
    rate = (label.sum() + 0.5) / (len(label) + 1)
    tried = [
        _column(index, matrix[:, index], kind, label, fold)
        for index, kind in enumerate(features.kinds)
        if columns is None or index in columns
    ]
    chosen = _chosen(tried, label, bunch) if columns is None else tried
    held_out = np.sum([np.zeros(len(label)), *(column.held_out for column in chosen)], axis=0)
    line = calibrate.fit(held_out, label, len(label) + 1)  # never isotonic: points must add up
    slope = line.y[0]
    terms = []
    for column in chosen:
        shrunk, strength = _shrunk(column.rows, column.positives, rate)
        points = slope * (_logit(shrunk) - _logit(rate))
        known = (column.rows, column.positives, shrunk, strength, points)
        terms.append(Term(column.index, column.cells, *known))
    final = Calibration("platt", (), (1.0, line.y[1]), len(label), int(label.sum()))
    # The slope comes from persons left out; the level from all, whose rates the points hold.
    card = Card(tuple(terms), final, _evidence(label, held_out, bunch))
    shift = calibrate.best_shift(label, card.raw_score(matrix) + line.y[1])
    return replace(card, calibration=final.shifted(shift))


def _evidence(label: Bools, held_out: F64, bunch: Ints) -> float:
    gain = fitted_losses(label, np.zeros(len(label))) - fitted_losses(label, held_out)
    error = mean_error_by(gain, bunch)
    return float(gain.mean() / error) if np.isfinite(error) and error > 0 else 0.0


def shrunk_rates(rows: Ints, positives: Ints, rate: float, strength: float) -> F64:
    """Return the rate of each cell, pulled towards `rate` as if by `strength` more leads."""
    return np.asarray((positives + strength * rate) / (rows + strength), dtype=np.float64)


def prior_strength(rows: Ints, positives: Ints, rate: float) -> float:
    """Return how many leads the prior is worth: the likeliest beta-binomial of mean `rate`.

    Cells that differ no more than chance give the largest strength, and so no points.
    """
    a, b = _STRENGTHS * rate, _STRENGTHS * (1 - rate)
    known = rows > 0
    hit, missed = positives[known, None], (rows - positives)[known, None]
    likelihood = (betaln(a + hit, b + missed) - betaln(a, b)).sum(axis=0)
    return float(_STRENGTHS[int(np.argmax(likelihood))])


def _shrunk(rows: Ints, positives: Ints, rate: float) -> tuple[F64, float]:
    strength = prior_strength(rows, positives, rate)
    return shrunk_rates(rows, positives, rate, strength), strength


def _logit(rate: F64 | float) -> F64:
    return np.asarray(np.log(rate) - np.log1p(-np.asarray(rate)), dtype=np.float64)


def _column(index: int, values: F32, kind: Kind, label: Bools, fold: Ints) -> _Column:
    cells = cut(values, kind, _BANDS)
    cell = cells.of(values)
    rows, positives = tally(cell, cells.count, label, fold, _FOLDS)
    points = np.zeros((cells.count, _FOLDS))
    for number in range(_FOLDS):
        others = np.arange(_FOLDS) != number
        seen, hit = rows[:, others].sum(axis=1), positives[:, others].sum(axis=1)
        rate = (hit.sum() + 0.5) / (seen.sum() + 1)
        points[:, number] = _logit(_shrunk(seen, hit, rate)[0]) - _logit(rate)
    return _Column(index, cells, rows.sum(axis=1), positives.sum(axis=1), points[cell, fold])


def _chosen(columns: list[_Column], label: Bools, bunch: Ints) -> list[_Column]:
    """Add the column that lowers the loss of persons left out most, while more than chance."""
    kept: list[_Column] = []
    total = np.zeros(len(label))
    loss = fitted_losses(label, total)
    needed = float(ndtri(1 - _CHANCE / max(1, len(columns))))
    while len(kept) < MAX_TERMS:
        rest = [column for column in columns if column not in kept and column.held_out.any()]
        tried = [fitted_losses(label, total + column.held_out) for column in rest]
        if not tried:
            break
        best = int(np.argmin([one.sum() for one in tried]))
        gain = loss - tried[best]
        error = mean_error_by(gain, bunch)
        if not gain.mean() > needed * (error if np.isfinite(error) else np.inf):
            break
        kept.append(rest[best])
        total, loss = total + rest[best].held_out, tried[best]
    return kept
