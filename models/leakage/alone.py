"""What a column says of the outcome when one looks at nothing else.

Cramer's V, the correlation of being empty with the outcome, the difference in fill rate and the
rule "whoever has this value (never) converts" are those of TransmogrifAI's SanityChecker and
RawFeatureFilter (maxCramersV 0.95, maxCorrelation 0.95, maxFillDifference 0.90, maxRuleConfidence
1.0), its defaults kept; the AUC out of fold and the dead values are ours.
"""

from typing import Final

import numpy as np

from features.spec import Known
from models.leakage.column import Column
from models.leakage.finding import Note, Verdict
from models.matrix import Ints
from models.params import LeakageSettings

_MIN_EXPECTED: Final = 10.0  # conversions a cell should have had before its lack of them counts
_RULE_EXPECTED: Final = 20.0  # exceptions that chance would give where a rule has none


def look(
    column: Column, index: int, values: tuple[str, ...], limits: LeakageSettings
) -> list[Note]:
    """Judge one column by itself; `values` are those of a category, empty for the others."""
    if column.is_constant:
        return []
    leaks = [Note(index, "leak", reason) for reason in _leaks(column, limits)]
    rules = _rules(column, index, values, limits)
    return [*leaks, *rules, *_suspicions(column, index, limits)]


def dead_share(column: Column, limits: LeakageSettings) -> tuple[float, float]:
    """Share of rows in filled cells with hardly any conversion, and the rate in them."""
    rows, positives = column.rows[:-1], column.positives[:-1]
    base = column.positives.sum() / column.rows.sum()
    odds = (positives + 0.5) / (rows - positives + 0.5) / (base / (1 - base))
    dead = (odds < limits.dead_cell_odds_ratio) & (rows * base >= _MIN_EXPECTED)
    if not dead.any():
        return 0.0, 0.0
    share = float(rows[dead].sum() / column.rows.sum())
    return share, float(positives[dead].sum() / rows[dead].sum())


def sure_share(column: Column, limits: LeakageSettings) -> float:
    """Share of rows in filled cells where hardly anybody does not convert."""
    rows, positives = column.rows[:-1], column.positives[:-1]
    base = column.positives.sum() / column.rows.sum()
    odds = (rows - positives + 0.5) / (positives + 0.5) / ((1 - base) / base)
    sure = (odds < limits.dead_cell_odds_ratio) & (rows * (1 - base) >= _MIN_EXPECTED)
    return float(rows[sure].sum() / column.rows.sum())


def null_correlation(rows: Ints, positives: Ints) -> float:
    """Absolute correlation of "is missing" with the outcome (phi coefficient)."""
    missing, total, hits = rows[-1], rows.sum(), positives.sum()
    if missing in (0, total):
        return 0.0
    covariance = positives[-1] / total - missing / total * hits / total
    spread = np.sqrt(missing / total * (1 - missing / total) * hits / total * (1 - hits / total))
    return float(abs(covariance) / spread)


def _leaks(column: Column, limits: LeakageSettings) -> list[str]:
    title, area, rows, positives = column.title, column.area, column.rows, column.positives
    found = []
    if area >= limits.leak_auc:
        found.append(
            f"{title} alone ranks conversions with AUC {area:.3f} (leak from {limits.leak_auc})"
        )
    if (strength := _cramers_v(rows, positives)) >= limits.leak_cramers_v:
        found.append(f"{title} determines the outcome: Cramer's V {strength:.3f}")
    if (tie := null_correlation(rows, positives)) >= limits.leak_null_correlation:
        found.append(f"whether {title} is filled tells the outcome: correlation {tie:.3f}")
    filled, other = _fill_rates(rows, positives)
    if abs(filled - other) >= limits.leak_fill_difference:
        found.append(
            f"{title} is filled for {filled:.1%} of conversions and {other:.1%} of the others"
        )
    return found


def _rules(
    column: Column, index: int, values: tuple[str, ...], limits: LeakageSettings
) -> list[Note]:
    """Values without one exception: every lead that has them converted, or none did."""
    rows, positives = column.rows, column.positives
    base = positives.sum() / rows.sum()
    found = []
    for what, contrary, share in (
        ("converted", rows - positives, 1 - base),
        ("did not convert", positives, base),
    ):
        pure = (contrary == 0) & (rows * share >= _RULE_EXPECTED)
        if not pure.any():
            continue
        held = int(rows[pure].sum())
        largest = column.words(int(np.argmax(np.where(pure, rows, -1))), values)
        verdict: Verdict = "suspect"
        # The upper end of a number may well be sure; a value that somebody enters, or being filled
        # at all, hardly.
        is_entered = column.cells.is_exact or held >= limits.filled_rule * _entered(rows)
        if what == "converted" and is_entered and held >= limits.rule_share * rows.sum():
            verdict = "leak"
        if what != "converted" and column.feature.known is not Known.EXPORT_ONLY:
            continue  # a recorded event of the past may well be a dead end
        found.append(
            Note(
                index, verdict,
                f"every one of the {held:,} leads with {largest} in {column.title} {what} "
                f"({base:.1%} of all convert): was it entered after the outcome?",
            )
        )  # fmt: skip
    return found


def _entered(rows: Ints) -> int:
    """Rows with a value that is not the usual one, as zero is in an amount that few have."""
    filled, most = int(rows[:-1].sum()), int(rows[:-1].max())
    return filled - most if 2 * most > rows.sum() else filled


def _suspicions(column: Column, index: int, limits: LeakageSettings) -> list[Note]:
    title, area, rows, positives = column.title, column.area, column.rows, column.positives
    strong = (
        f"{title} alone ranks conversions with AUC {area:.3f} "
        f"(suspect from {limits.suspect_auc}): was it known before the outcome?"
    )
    found: list[Note] = []
    if area >= limits.suspect_auc:
        found.append(Note(index, "suspect", strong))
    if (tie := null_correlation(rows, positives)) >= limits.suspect_null_correlation:
        told = f"whether {title} is filled goes with the outcome: correlation {tie:.3f}"
        found.append(Note(index, "suspect", told, is_late=True))
    share, rate = dead_share(column, limits)
    # A recorded event of the past may well be a dead end; a value of today that never converts is
    # how a lost deal looks.
    if column.feature.known is Known.EXPORT_ONLY and share >= limits.dead_cell_share:
        base = positives.sum() / rows.sum()
        told = (
            f"{title} has values, on {share:.1%} of leads, of which only {rate:.2%} convert "
            f"({base:.1%} of all): were they entered after the outcome?"
        )
        # The lower end of a number is no value that somebody enters.
        found.append(Note(index, "suspect", told, is_late=column.cells.is_exact))
    return found


def _cramers_v(rows: Ints, positives: Ints) -> float:
    """Cramer's V of cells and outcome: sqrt(chi2 / n), as the outcome has two values."""
    total, hits = rows.sum(), positives.sum()
    held = rows > 0
    expected = rows[held] * (hits / total)
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
