"""Columns that know the outcome: found by what they do, never by what they are called.

Checks on the training block, one column at a time: how well it alone ranks conversions, how well
its values determine them, whether it is filled only for one outcome, and whether some of its
values are (nearly) never followed by a conversion. Thresholds: `models.params.LeakageSettings`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from features.featureset import FeatureSet
from features.spec import Feature, Known
from models.cells import cut, tally
from models.manifest import JSON, rounded
from models.matrix import F32, F64, Bools, Ints
from models.params import Action, LeakageSettings
from models.split import mix

Verdict = Literal["ok", "suspect", "leak"]

# Below, the standard error of an AUC exceeds 0.05 and no column can be told from chance.
MIN_POSITIVES: Final = 30

_BINS: Final = 20
_FOLDS: Final = 5
_SMOOTHING_ROWS: Final = 20.0
_MIN_EXPECTED: Final = 10.0  # conversions a cell should have had before its lack of them counts


@dataclass(frozen=True)
class Finding:
    """The verdict on one feature.

    Parameters
    ----------
    feature : str
    verdict : {"ok", "suspect", "leak"}
    value : float
        AUC of this column alone, out of fold; NaN = too few conversions to judge.
    reason : str
        In words, naming the column and the number that decided.
    """

    feature: str
    verdict: Verdict
    value: float
    reason: str

    def to_json(self, action: Action) -> dict[str, JSON]:
        """Return the entry of the manifest; `action` is what followed from it."""
        followed = {"quarantine": "left out", "block": "blocks the model", "report": "reported"}
        return {
            "feature": self.feature,
            "verdict": self.verdict,
            "value": rounded(self.value),
            "reason": self.reason,
            "action": "none" if self.verdict == "ok" else followed[action],
        }


def examine(
    matrix: F32, label: Bools, group: Ints, features: FeatureSet, settings: LeakageSettings
) -> tuple[Finding, ...]:
    """Judge every feature.

    Parameters
    ----------
    matrix : (n, k) float32
        Training block, NaN = missing, columns as in `features`.
    label : (n,) bool
    group : (n,) int64
        Person of each row: duplicates never sit in two folds.
    """
    fold = (mix(group, 1) % np.uint64(_FOLDS)).astype(np.int64)
    positives = int(min(label.sum(), (~label).sum()))
    if positives < MIN_POSITIVES:
        return tuple(
            Finding(f.name, "ok", float("nan"), f"{f.title}: {positives} conversions, not judged")
            for f in features.features
        )
    return tuple(
        _judge(feature, matrix[:, index], label, fold, settings)
        for index, feature in enumerate(features.features)
    )


def action_on(finding: Finding, settings: LeakageSettings, *, is_dated: bool) -> Action:
    """Return what the settings want done about a finding."""
    if finding.verdict == "leak":
        return settings.dated_action if is_dated else settings.static_action
    return settings.suspect_action if finding.verdict == "suspect" else "report"


def names_for(
    findings: Sequence[Finding], action: Action, settings: LeakageSettings, *, is_dated: bool
) -> tuple[str, ...]:
    """Return the features whose verdict leads to `action`."""
    return tuple(
        finding.feature
        for finding in findings
        if finding.verdict != "ok" and action_on(finding, settings, is_dated=is_dated) == action
    )


def _judge(
    feature: Feature, column: F32, label: Bools, fold: Ints, limits: LeakageSettings
) -> Finding:
    cells = cut(column, feature.kind, _BINS)
    by_fold = tally(cells.of(column), cells.count, label, fold, _FOLDS)
    area = _single_auc(*by_fold)
    rows, positives = by_fold[0].sum(axis=1), by_fold[1].sum(axis=1)
    title = feature.title
    for reason in _leaks(title, area, rows, positives, limits):
        return Finding(feature.name, "leak", area, reason)
    # A recorded event of the past may well be a dead end; a value of today that never converts is
    # how a lost deal looks.
    is_late = feature.known is Known.EXPORT_ONLY
    for reason in _suspicions(title, area, rows, positives, limits, is_late=is_late):
        return Finding(feature.name, "suspect", area, reason)
    return Finding(feature.name, "ok", area, f"{title} alone: AUC {area:.3f}")


def _leaks(
    title: str, area: float, rows: Ints, positives: Ints, limits: LeakageSettings
) -> list[str]:
    found = []
    if area >= limits.leak_auc:
        found.append(
            f"{title} alone ranks conversions with AUC {area:.3f} (leak from {limits.leak_auc})"
        )
    if (strength := _cramers_v(rows, positives)) >= limits.leak_cramers_v:
        found.append(f"{title} determines the outcome: Cramer's V {strength:.3f}")
    if (tie := _null_correlation(rows, positives)) >= limits.leak_null_correlation:
        found.append(f"whether {title} is filled tells the outcome: correlation {tie:.3f}")
    filled, other = _fill_rates(rows, positives)
    if abs(filled - other) >= limits.leak_fill_difference:
        found.append(
            f"{title} is filled for {filled:.1%} of conversions and {other:.1%} of the others"
        )
    return found


def _suspicions(
    title: str,
    area: float,
    rows: Ints,
    positives: Ints,
    limits: LeakageSettings,
    *,
    is_late: bool,
) -> list[str]:
    found = []
    if area >= limits.suspect_auc:
        found.append(
            f"{title} alone ranks conversions with AUC {area:.3f} "
            f"(suspect from {limits.suspect_auc}): was it known before the outcome?"
        )
    if (tie := _null_correlation(rows, positives)) >= limits.suspect_null_correlation:
        found.append(f"whether {title} is filled goes with the outcome: correlation {tie:.3f}")
    share, rate = _dead_cells(rows, positives, limits.dead_cell_odds_ratio)
    if is_late and share >= limits.dead_cell_share:
        base = positives.sum() / rows.sum()
        found.append(
            f"{title} has values, on {share:.1%} of leads, of which only {rate:.2%} convert "
            f"({base:.1%} of all): were they entered after the outcome?"
        )
    return found


def _single_auc(rows: Ints, positives: Ints) -> float:
    """AUC of the smoothed rate of a row's cell in the other folds; from counts alone.

    Cells, not values, so that a column need not be monotone; out of fold, so that a category of
    many values earns nothing by chance.
    """
    other_rows = rows.sum(axis=1, keepdims=True) - rows
    other_positives = positives.sum(axis=1, keepdims=True) - positives
    base = other_positives.sum(axis=0) / np.maximum(other_rows.sum(axis=0), 1)
    rate = (other_positives + _SMOOTHING_ROWS * base) / (other_rows + _SMOOTHING_ROWS)
    # Within a fold only: rates of different folds carry different base rates, and comparing them
    # would push a useless column below 0.5.
    areas, weights = [], []
    for fold in range(rows.shape[1]):
        order = np.argsort(rate[:, fold], kind="stable")
        levels, level = np.unique(rate[order, fold], return_inverse=True)
        hits = np.bincount(level, positives[order, fold], len(levels))
        misses = np.bincount(level, (rows - positives)[order, fold], len(levels))
        pairs = hits.sum() * misses.sum()
        if pairs:
            below = np.cumsum(misses) - misses
            areas.append(float((hits * (below + misses / 2)).sum() / pairs))
            weights.append(float(pairs))
    return float(np.average(areas, weights=weights)) if areas else float("nan")


def _cramers_v(rows: Ints, positives: Ints) -> float:
    """Cramer's V of cells and outcome: sqrt(chi2 / n), as the outcome has two values."""
    total, hits = rows.sum(), positives.sum()
    held = rows > 0
    expected: F64 = rows[held] * (hits / total)
    chi2 = ((positives[held] - expected) ** 2 / expected).sum()
    chi2 += ((positives[held] - expected) ** 2 / (rows[held] - expected)).sum()
    return float(np.sqrt(chi2 / total))


def _fill_rates(rows: Ints, positives: Ints) -> tuple[float, float]:
    """Share of rows with a value, among conversions and among the others."""
    misses = rows - positives
    return (
        1.0 - float(positives[-1] / positives.sum()),
        1.0 - float(misses[-1] / misses.sum()),
    )


def _null_correlation(rows: Ints, positives: Ints) -> float:
    """Absolute correlation of "is missing" with the outcome (phi coefficient)."""
    missing, total, hits = rows[-1], rows.sum(), positives.sum()
    if missing in (0, total):
        return 0.0
    covariance = positives[-1] / total - missing / total * hits / total
    spread = np.sqrt(missing / total * (1 - missing / total) * hits / total * (1 - hits / total))
    return float(abs(covariance) / spread)


def _dead_cells(rows: Ints, positives: Ints, odds_ratio: float) -> tuple[float, float]:
    """Share of rows in filled cells with hardly any conversion, and the rate in them."""
    total, hits = rows[:-1], positives[:-1]
    base = positives.sum() / rows.sum()
    odds = (hits + 0.5) / (total - hits + 0.5) / (base / (1 - base))
    dead = (odds < odds_ratio) & (total * base >= _MIN_EXPECTED)
    if not dead.any():
        return 0.0, 0.0
    return float(total[dead].sum() / rows.sum()), float(hits[dead].sum() / total[dead].sum())
