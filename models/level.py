"""Has the base rate moved? Then probabilities learnt before are wrong by one factor: corrected.

And does it move all the time? Then they are the mean over the levels that may come.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models import calibrate
from models.calibrate import Calibration
from models.manifest import JSON, rounded
from models.matrix import F64, Bools, Ints
from models.params import TrainSettings

RECENT_SHARE: Final = 0.25
"""Share of the held-out rows, the newest, that tell how high conversion is now."""

# Asked again of the newest of these: where conversion halved a month ago, a quarter of more than a
# year sees a quarter of the move.
_NEWER_SHARES: Final = (1 / 8, 1 / 16, 1 / 32)

# Judgement: below either nothing is said. Three standard deviations are one false alarm in 370.
MIN_DEVIATIONS: Final = 3.0
MIN_CHANGE: Final = 0.10
_MIN_OUTCOMES: Final = 30

# What is corrected goes from nothing at the threshold to nearly all far above it (the nonnegative
# garrote, Breiman 1995, doi:10.2307/1269730): a move that just shows is mostly chance, or over
# before the next leads are called. Four fifths of a move of seven standard deviations are believed.

_WHOLE: Final = 0.95  # believed so much, nothing is said of the rest
_SAID_FROM: Final = 0.01  # variance: odds a tenth up or down


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
    found : float
        Log-odds that would explain these rows in full: 0 unless it has moved.
    shift : float
        Of `found`, what is added to the log-odds: drawn to 0 by how far chance explains it.
    wander : float
        Variance of the log-odds of the level between stretches of time (`models.wander`), by which
        the calibration is widened.
    """

    rows: int
    observed: int
    expected: float
    deviations: float
    has_moved: bool
    found: float
    shift: float
    wander: float = 0.0

    @property
    def reason(self) -> str:
        """What was found, in words."""
        return f"{self._moved}; {self._wanders}" if self.wander >= _SAID_FROM else self._moved

    @property
    def _wanders(self) -> str:
        return (
            "odds go up and down by a factor of "
            f"{np.exp(np.sqrt(self.wander)):.2f} from one stretch of time to the next, beyond "
            "chance: probabilities are the mean over such levels"
        )

    @property
    def _moved(self) -> str:
        if not self.rows:
            return "nothing tells recent rows from others: the level is that of all held-out rows"
        rates = f"{self.observed / self.rows:.1%} of the newest {self.rows} held-out rows convert"
        if not self.has_moved:
            return f"{rates}, as many as expected: the level is kept"
        # Shifts found one after the other may add up to more, or stay on the other side.
        part = min(1.0, max(0.0, self.shift / self.found)) if self.found else 1.0
        return (
            f"{rates}, not {self.expected / self.rows:.1%} as expected: "
            "the base rate has moved, and the level is corrected to the recent one"
            f"{'' if part > _WHOLE else f' by {part:.0%}, as chance may explain the rest'}"
        )

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "rows": self.rows,
            "observed": self.observed,
            "expected": rounded(self.expected),
            "deviations": rounded(self.deviations),
            "has_moved": self.has_moved,
            "found": rounded(self.found),
            "shift": rounded(self.shift),
            "wander": rounded(self.wander),
            "reason": self.reason,
        }


NONE: Final = Level(0, 0, 0.0, 0.0, False, 0.0, 0.0)
"""Where no time is known."""


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
    """Calibrate on held-out rows, then correct the level to the newest of them that show a move.

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
        return fitted, NONE
    level = _of_newest(fitted, raw, label, time, RECENT_SHARE)
    for share in _NEWER_SHARES:
        newer = _of_newest(fitted.shifted(level.shift), raw, label, time, share)
        if newer.has_moved:
            # Moved again since; what is reported is against the calibration as it was fitted.
            shift = level.shift + newer.shift
            level = replace(_of_newest(fitted, raw, label, time, share), shift=shift)
            if not level.has_moved:  # and back to where it was
                level = replace(level, found=0.0, shift=0.0)
    return (fitted.shifted(level.shift) if level.has_moved else fitted), level


def _of_newest(fitted: Calibration, raw: F64, label: Bools, time: Ints, share: float) -> Level:
    rows = time >= np.quantile(time, 1 - share, method="higher")
    return measure(fitted.apply(raw[rows]), label[rows])


def measure(probability: F64, label: Bools) -> Level:
    """Compare the conversions of some rows with what calibrated probabilities expect of them."""
    observed, expected = int(label.sum()), float(probability.sum())
    spread = float(np.sqrt((probability * (1 - probability)).sum()))
    deviations = (observed - expected) / spread if spread else 0.0
    enough = min(observed, len(label) - observed) >= _MIN_OUTCOMES
    change = abs(observed - expected) / max(min(expected, len(label) - expected), 1e-9)
    has_moved = enough and abs(deviations) >= MIN_DEVIATIONS and change >= MIN_CHANGE
    logit = np.log(probability / (1 - probability))
    found = calibrate.best_shift(label, logit) if has_moved else 0.0
    shift = found * (1 - (MIN_DEVIATIONS / deviations) ** 2) if has_moved else 0.0
    return Level(len(label), observed, expected, deviations, has_moved, found, shift)
