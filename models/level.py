"""Has the base rate moved? Then probabilities learnt before are wrong by one factor: corrected."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from models import calibrate
from models.calibrate import Calibration
from models.manifest import JSON, rounded
from models.matrix import F64, Bools, Ints
from models.params import TrainSettings

RECENT_SHARE: Final = 0.25
"""Share of the held-out rows, the newest, that tell how high conversion is now."""

# Judgement: below either nothing is said. Three standard deviations are one false alarm in 370.
MIN_DEVIATIONS: Final = 3.0
MIN_CHANGE: Final = 0.10
_MIN_OUTCOMES: Final = 30


@dataclass(frozen=True)
class Level:
    """Conversions of the newest held-out rows beside what the calibration before expected.

    Parameters
    ----------
    rows, observed : int
        Newest held-out rows, and conversions among them.
    expected : float
        Conversions that the uncorrected calibration expects of them.
    deviations : float
        (observed - expected) in standard deviations of chance.
    has_moved : bool
        More than chance, and by more than a tenth.
    shift : float
        Added to the log-odds: 0 unless it has moved.
    """

    rows: int
    observed: int
    expected: float
    deviations: float
    has_moved: bool
    shift: float

    @property
    def reason(self) -> str:
        """What was found, in words."""
        if not self.rows:
            return "nothing tells recent rows from others: the level is that of all held-out rows"
        rates = f"{self.observed / self.rows:.1%} of the newest {self.rows} held-out rows convert"
        if not self.has_moved:
            return f"{rates}, as many as expected: the level is kept"
        return (
            f"{rates}, not {self.expected / self.rows:.1%} as expected: "
            "the base rate has moved, and the level is corrected to the recent one"
        )

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "rows": self.rows,
            "observed": self.observed,
            "expected": rounded(self.expected),
            "deviations": rounded(self.deviations),
            "has_moved": self.has_moved,
            "shift": rounded(self.shift),
            "reason": self.reason,
        }


def fit_shape(raw: F64, label: Bools, later: Ints, params: TrainSettings) -> Calibration | None:
    """Calibrate on rows of all times where they bend as the later ones do, at the later level.

    Parameters
    ----------
    raw : (n,) float64
    label : (n,) bool
    later : (m,) int64
        Positions of the later rows.

    Returns
    -------
    Calibration or None
        None: too few outcomes for bins, or the later rows follow another slope, by more than three
        standard deviations; then they alone can tell.
    """
    if min(int(label.sum()), int((~label).sum())) < params.isotonic_min_positives:
        return None
    fitted = calibrate.fit(raw, label, params.isotonic_min_positives)
    seen = label[later]
    probability = fitted.apply(raw[later])
    odds = np.log(probability / (1 - probability))
    level = calibrate.best_shift(seen, odds)
    slope, intercept = calibrate.logistic_line(odds, seen, 0.0)
    gain = 2 * (_loss(odds + level, seen) - _loss(slope * odds + intercept, seen))
    return None if gain > MIN_DEVIATIONS**2 else fitted.shifted(level)


def _loss(odds: F64, label: Bools) -> float:
    return float(np.logaddexp(0.0, np.where(label, -odds, odds)).sum())


def fit_recent(
    raw: F64,
    label: Bools,
    time: Ints | None,
    params: TrainSettings,
    shape: Calibration | None = None,
) -> tuple[Calibration, Level]:
    """Calibrate on held-out rows, then correct the level to the newest of them.

    Parameters
    ----------
    raw : (n,) float64
    label : (n,) bool
    time : (n,) int64 or None
        Larger = later; None = nothing tells, and the level is that of all rows.
    shape : Calibration, optional
        Of more rows than these (`fit_shape`), to use instead.
    """
    fitted = shape or calibrate.fit(raw, label, params.isotonic_min_positives)
    if time is None or not len(time):
        return fitted, Level(0, 0, 0.0, 0.0, False, 0.0)
    recent = time >= np.quantile(time, 1 - RECENT_SHARE, method="higher")
    level = measure(fitted.apply(raw[recent]), label[recent])
    return (fitted.shifted(level.shift) if level.has_moved else fitted), level


def measure(probability: F64, label: Bools) -> Level:
    """Compare the conversions of some rows with what calibrated probabilities expect of them."""
    observed, expected = int(label.sum()), float(probability.sum())
    spread = float(np.sqrt((probability * (1 - probability)).sum()))
    deviations = (observed - expected) / spread if spread else 0.0
    enough = min(observed, len(label) - observed) >= _MIN_OUTCOMES
    change = abs(observed - expected) / max(min(expected, len(label) - expected), 1e-9)
    has_moved = enough and abs(deviations) >= MIN_DEVIATIONS and change >= MIN_CHANGE
    logit = np.log(probability / (1 - probability))
    shift = calibrate.best_shift(label, logit) if has_moved else 0.0
    return Level(len(label), observed, expected, deviations, has_moved, shift)
