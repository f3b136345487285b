"""How good a model is for parts of the test block: by source, age and country of the lead."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from models import metrics as m
from models.calibrate import Calibration
from models.evaluate import expected_conversions
from models.examples import Examples
from models.manifest import JSON, rounded
from models.matrix import F32, F64, Bools, Ints

# Below, the standard error of an AUC is above 0.08 and says nothing.
MIN_OUTCOMES: Final = 10
MAX_VALUES: Final = 12

_UNKNOWN: Final = "not known, or rare"
_OTHERS: Final = "all others"
_AGES: Final[tuple[tuple[float, str], ...]] = (
    (30, "under 30 days"),
    (90, "30 to 89 days"),
    (365, "90 days to a year"),
    (2 * 365.25, "1 to 2 years"),
    (5 * 365.25, "2 to 5 years"),
    (10 * 365.25, "5 to 10 years"),
    (np.inf, "10 years and more"),
)


@dataclass(frozen=True)
class Segment:
    """One way to part some rows.

    Parameters
    ----------
    name : str
        ``source``, ``age`` or ``country``.
    values : tuple of str
    code : (n,) int64
        Position in `values` of every row.
    """

    name: str
    values: tuple[str, ...]
    code: Ints


def segments_of(examples: Examples, rows: Ints) -> tuple[Segment, ...]:
    """Part some rows by those of source, age and country that they have.

    Read from the features, which training has at hand: values too rare to be one are together.
    """
    names = examples.features.names
    found = []
    for name, feature in (("source", "lead_source"), ("country", "country")):
        if feature in names:
            values = examples.features.vocabulary.values[feature]
            if feature == "country":
                values = tuple(value.upper() for value in values)
            column = examples.matrix[rows, names.index(feature)]
            found.append(_by_value(name, values, column))
    if "lead_age_days" in names:
        days = examples.matrix[rows, names.index("lead_age_days")]
        edges = np.array([edge for edge, _ in _AGES[:-1]])
        code = np.searchsorted(edges, days, side="right")
        code[np.isnan(days)] = len(_AGES)
        titles = (*(title for _, title in _AGES), "not known")
        found.append(Segment("age", titles, code.astype(np.int64)))
    return tuple(sorted(found, key=lambda segment: segment.name))


def _by_value(name: str, values: tuple[str, ...], column: F32) -> Segment:
    code = np.where(np.isnan(column), len(values), column).astype(np.int64)
    titles = (*values, _UNKNOWN)
    count = np.bincount(code, minlength=len(titles))
    if np.count_nonzero(count) <= MAX_VALUES:
        return Segment(name, titles, code)
    kept = np.argsort(-count, kind="stable")[: MAX_VALUES - 1]
    place = np.full(len(titles), len(kept), dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return Segment(name, (*(titles[index] for index in kept), _OTHERS), place[code])


def measure_segments(
    segments: tuple[Segment, ...], label: Bools, raw: F64, calibration: Calibration
) -> list[JSON]:
    """Measure a model on every part.

    Parameters
    ----------
    label : (n,) bool
    raw : (n,) float64

    Returns
    -------
    list of dict
        ``segment``, ``value``, rows, conversions seen and expected (with the 95% interval that
        chance and the level leave), and how well it ranks; null where fewer than `MIN_OUTCOMES` of
        either outcome cannot tell.
    """
    probability = calibration.apply(raw)
    found: list[JSON] = []
    for segment in segments:
        for code, value in enumerate(segment.values):
            inside = segment.code == code
            if inside.any():
                figures = _figures(label[inside], raw[inside], probability[inside], calibration)
                found.append({"segment": segment.name, "value": value, **figures})
    return found


def _figures(label: Bools, raw: F64, probability: F64, calibration: Calibration) -> dict[str, JSON]:
    positives = int(label.sum())
    expected, low, high = expected_conversions(probability, calibration)
    is_told = min(positives, len(label) - positives) >= MIN_OUTCOMES
    auc_low, auc_high = m.auc_interval(label, raw) if is_told else (None, None)
    return {
        "rows": len(label),
        "observed_conversions": positives,
        "rate": rounded(positives / len(label)),
        "expected_conversions": rounded(expected),
        "expected_conversions_low": rounded(low),
        "expected_conversions_high": rounded(high),
        "auc": rounded(m.auc(label, raw)) if is_told else None,
        "auc_low": rounded(auc_low),
        "auc_high": rounded(auc_high),
        "lift_at_10pct": rounded(m.lift(label, raw, 0.10)) if is_told else None,
    }
