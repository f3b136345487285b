"""Why a lead scores as it does: exact contributions, and the fact behind each in a sentence.

Contributions are TreeSHAP values (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9) on the
log-odds scale; with the base score they add up to the raw score.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from features.spec import Feature
from models.facts import Fact, Facts
from models.matrix import F32, F64, to_array

if TYPE_CHECKING:
    from models.model import Model

_CHUNK_ROWS: Final = 10_000
_LOG_UNIT: Final = re.compile(r"log\(1 \+ (.+)\)")
_NAMED_VALUES: Final = re.compile(r"(\d+) = ([^,]+)")


@dataclass(frozen=True)
class Reason:
    """What one feature adds to the score.

    Parameters
    ----------
    feature : str
    contribution : float
        Log-odds; positive = more likely than the average lead.
    sentence : str
        The value of this lead and how leads like it convert.
    """

    feature: str
    contribution: float
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """One row explained.

    Parameters
    ----------
    raw_score : float
        Equals ``base_score`` plus all contributions, to 1e-9.
    probability : float
        Calibrated.
    base_score : float
        Mean raw score of training.
    contributions : (k,) float64
        Per feature, in matrix order.
    positive, negative : tuple of Reason
        Strongest first.
    """

    raw_score: float
    probability: float
    base_score: float
    contributions: F64
    positive: tuple[Reason, ...]
    negative: tuple[Reason, ...]


def explain(
    model: "Model", matrix: pl.DataFrame, top: int = 3, threads: int = 2
) -> Sequence[Explanation]:
    """Explain every row of a matrix; costs about a hundred times as much as scoring it.

    Parameters
    ----------
    model : Model
    matrix : pl.DataFrame
        Shape (n, k), as for `Model.score`.
    top : int
        Reasons per direction at most.
    threads : int
        Of LightGBM.

    Returns
    -------
    sequence of Explanation
        One per row, in order.
    """
    array = to_array(matrix, model.features.names)
    words = Sentences(model)
    found: list[Explanation] = []
    for start in range(0, len(array), _CHUNK_ROWS):
        found += _explain_chunk(model, array[start : start + _CHUNK_ROWS], words, top, threads)
    return found


def _explain_chunk(
    model: "Model", array: F32, words: "Sentences", top: int, threads: int
) -> list[Explanation]:
    shares: F64 = model.booster.predict(array, pred_contrib=True, num_threads=threads)
    raw: F64 = model.booster.predict(array, raw_score=True, num_threads=threads)
    probability = model.probability(raw)
    order = np.argsort(-shares[:, :-1], axis=1, kind="stable")
    found = []
    for row in range(len(array)):
        own, ranked = shares[row, :-1], order[row]
        up = [index for index in ranked[:top] if own[index] > 0]
        down = [index for index in ranked[::-1][:top] if own[index] < 0]
        reasons = [
            tuple(
                Reason(words.names[index], float(own[index]), words.of(index, array[row, index]))
                for index in chosen
            )
            for chosen in (up, down)
        ]
        found.append(
            Explanation(
                float(raw[row]), float(probability[row]), float(shares[row, -1]), own, *reasons
            )
        )
    return found


class Sentences:
    """Words for the value of a feature; each (feature, value) is worded once."""

    def __init__(self, model: "Model") -> None:
        self._features = model.features.features
        self._vocabulary = model.features.vocabulary.values
        self._facts = Facts(model.manifest["facts"])
        self._min_rows = model.manifest["params"]["fact_min_rows"]
        self._known: dict[tuple[int, float | None], str] = {}
        self.names = model.features.names

    def of(self, index: int, value: np.float32) -> str:
        """Return the sentence for a value of the feature at a position; NaN = missing."""
        number = float(value)
        key = (int(index), None if math.isnan(number) else number)
        if key not in self._known:
            self._known[key] = self._sentence(self._features[index], number)
        return self._known[key]

    def _sentence(self, feature: Feature, value: float) -> str:
        fact = self._facts.of(feature.name, value)
        statement = self._statement(feature, value)
        if fact is None or fact.rows < self._min_rows:
            return f"{statement} (too few such leads to state a rate)"
        rates = f"{_percent(fact.positives / fact.rows)} of {_who(feature, value, fact)} convert"
        return f"{statement}: {rates}, {_percent(fact.base_rate)} of all"

    def _statement(self, feature: Feature, value: float) -> str:
        if math.isnan(value):
            return _missing(feature)
        if feature.kind == "category":
            values = self._vocabulary[feature.name]
            return f"{feature.title} is {values[int(value)]}"
        if feature.kind == "flag":
            return f"{feature.title} ({'yes' if value else 'no'})"
        shown = _number(feature, value)
        if feature.title.startswith("days since "):
            return f"{feature.title.removeprefix('days since ')} {shown} days ago"
        return f"{feature.title}: {shown}"


def _missing(feature: Feature) -> str:
    """Word a missing value by what the feature says a null means."""
    subject = feature.title.removeprefix("days since ")
    if feature.null.startswith("no such activity"):
        return f"no {subject.removeprefix('the last ')} on record"
    why = feature.null.replace(" before as_of", " on record").replace(" after as_of", " in future")
    return f"{subject}: not known ({why})"


def _who(feature: Feature, value: float, fact: Fact) -> str:
    if math.isnan(value) or feature.kind != "number" or fact.is_one_value:
        return "those"
    if fact.low is None and fact.high is None:
        return "those with any value"
    if fact.low is None and fact.high is not None:
        return f"leads below {_number(feature, fact.high)}"
    if fact.high is None and fact.low is not None:
        return f"leads from {_number(feature, fact.low)}"
    low, high = float(fact.low or 0.0), float(fact.high or 0.0)
    return f"leads between {_number(feature, low)} and {_number(feature, high)}"


def _number(feature: Feature, value: float) -> str:
    """Write a number in the unit of people: logarithms undone, named levels named."""
    if _LOG_UNIT.fullmatch(feature.unit):
        return _plain(math.expm1(value))
    levels = dict(_NAMED_VALUES.findall(feature.unit))
    if " to " not in feature.unit and (name := levels.get(_plain(value))):
        return str(name)
    return _plain(value)


def _plain(value: float) -> str:
    nearest = round(value)
    if abs(value) >= 100 or abs(value - nearest) < 1e-4 * max(1.0, abs(value)):
        return str(nearest)
    return f"{value:.3g}"


def _percent(rate: float) -> str:
    return f"{rate:.1%}" if rate >= 0.01 or rate == 0 else f"{rate:.2%}"
