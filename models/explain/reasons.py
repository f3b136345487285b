"""Which fields are named as reasons, and what is left for the rest, so that all adds up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from features.fields import is_protected
from models.explain.agreement import agrees
from models.explain.contributions import Contributions, Grouping, contributions, to_points
from models.explain.sentences import Sentences
from models.facts import Facts
from models.matrix import F32, F64, Ints, to_array

if TYPE_CHECKING:
    from models.model import Model

LINES: Final[dict[str, pl.DataType]] = {
    "row": pl.Int64(),
    "position": pl.Int32(),
    "field": pl.String(),
    "feature": pl.String(),
    "contribution": pl.Float64(),
    "points": pl.Int32(),
    "reason": pl.String(),
}
"""Columns of `Explained.lines`."""

_CHUNK_ROWS: Final = 10_000
_CHUNK_CELLS: Final = 2_000_000  # of the matrix: ten times as many are tried at once, 80 MB
_SPARE: Final = 3  # fields looked at beyond those wanted, because some do not agree
_UNSURE: Final = 0.5  # a fact whose rate does not say so must weigh twice as much to be named


@dataclass(frozen=True)
class Explained:
    """Rows explained.

    Parameters
    ----------
    parts : Contributions
    probability : (n,) float64
        Calibrated.
    lines : pl.DataFrame
        Schema `LINES`: per row its reasons, the strongest first, whatever their direction, and
        last the rest (``field`` and ``feature`` null). The contributions of a row and
        ``parts.base_score`` add up to its raw score to 1e-9, its points to the points of the
        score above the average lead.
    """

    parts: Contributions
    probability: F64
    lines: pl.DataFrame


def explain(model: "Model", matrix: pl.DataFrame, top: int, threads: int) -> Explained:
    """Explain every row of a matrix.

    A field is a reason where its contribution is a point or more, the strongest feature in it can
    be named, and changing what is named moves the score as stated (`models.explain.agreement`).

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
    Explained
        In the order of the rows; a row's reasons never depend on the other rows.
    """
    array = to_array(matrix, model.features.names)
    facts = Facts(model.manifest["facts"], model.features)
    chooser = _Chooser(model, facts, top)
    parts, lines = [], [pl.DataFrame(schema=LINES)]
    for start, chunk in _chunks(array):
        found = contributions(model, chunk, chooser.grouping, threads)
        parts.append(found)
        lines.append(chooser.lines(chunk, found, start))
    together = _together(parts, array.shape[1], len(chooser.grouping.fields))
    return Explained(together, model.probability(together.raw_score), pl.concat(lines))


class _Chooser:
    def __init__(self, model: "Model", facts: Facts, top: int) -> None:
        self._model = model
        self._facts = facts
        self._top = top
        self._min_rows = model.manifest["params"]["fact_min_rows"]
        self._words = Sentences(model, facts)
        self._speaks = [of.speaks(self._min_rows) for of in facts.of]
        features = model.features.features
        self._may_be_named = np.array([not is_protected(feature) for feature in features])
        self._names = np.array([*model.features.names, None], dtype=np.object_)
        self.grouping = Grouping(model.features)
        self._titles = np.array(
            [*(field.name for field in self.grouping.fields), None], dtype=np.object_
        )

    def lines(self, array: F32, parts: Contributions, start: int) -> pl.DataFrame:
        """Return the lines of a chunk whose first row is `start`."""
        named = self._named(array, parts)
        rows, fields = self._candidates(parts.by_field, named)
        sign = np.sign(parts.by_field[rows, fields]).astype(np.int8)
        agree = agrees(
            self._model, array, self._facts, self.grouping.members,
            row=rows, field=fields, feature=named[rows, fields], sign=sign,
            raw=parts.raw_score, min_rows=self._min_rows,
        )  # fmt: skip
        rows, fields, sign = rows[agree], fields[agree], sign[agree]
        # Candidates of a direction stand strongest first, so the first that agree are taken.
        first = _place(rows, sign) < self._top
        rows, fields, sign = rows[first], fields[first], sign[first]
        own = parts.by_field[rows, fields]
        order = np.lexsort((fields, -np.abs(own), rows))
        rows, fields = rows[order], fields[order]
        return self._worded(array, parts, rows, fields, named[rows, fields], start)

    def _named(self, array: F32, parts: Contributions) -> Ints:
        """Return the feature that would be named for each row and field, (n, f); -1 = none.

        The strongest with the sign of the field; one whose rate says the same counts double.
        """
        found = np.full(parts.by_field.shape, -1, dtype=np.int64)
        says = np.column_stack(
            [
                self._speaks[index][of.cell_of(array[:, index])]
                for index, of in enumerate(self._facts.of)
            ]
        )
        for index, members in enumerate(self.grouping.members):
            own = parts.by_feature[:, members]
            sign = np.sign(parts.by_field[:, index])[:, None]
            weight = np.abs(own) * np.where(says[:, members] == sign, 1.0, _UNSURE)
            weight[(np.sign(own) != sign) | (sign == 0) | ~self._may_be_named[members]] = 0
            best = np.argmax(weight, axis=1)
            is_any = weight[np.arange(len(weight)), best] > 0
            found[:, index] = np.where(is_any, members[best], -1)
        return found

    def _candidates(self, by_field: F64, named: Ints) -> tuple[Ints, Ints]:
        """Return rows and fields worth a test, those of a row and direction strongest first."""
        most = min(self._top + _SPARE, by_field.shape[1])
        rows, fields = [], []
        for sign in (1, -1):
            strongest = np.argsort(-sign * by_field, axis=1, kind="stable")[:, :most]
            row = np.repeat(np.arange(len(by_field)), most)
            field = strongest.ravel()
            is_one = (to_points(by_field[row, field]) * sign > 0) & (named[row, field] >= 0)
            rows.append(row[is_one])
            fields.append(field[is_one])
        return np.concatenate(rows), np.concatenate(fields)

    def _worded(
        self,
        array: F32,
        parts: Contributions,
        rows: Ints,
        fields: Ints,
        named: Ints,
        start: int,
    ) -> pl.DataFrame:
        """Return a line per reason and one for the rest of each row, in order."""
        own = parts.by_field[rows, fields]
        sentences = self._words.of(named, array[rows, named], np.sign(own).astype(np.int64))
        count = np.bincount(rows, minlength=len(array))
        left = parts.raw_score - parts.base_score - _sum(own, rows, len(array))
        whole = to_points(parts.raw_score - parts.base_score)
        points = to_points(own)
        left_points = whole - _sum(points, rows, len(array)).astype(np.int64)
        others = [_others(len(self._titles) - 1 - n, n) for n in range(len(self._titles))]
        every = np.arange(len(array))
        together = pl.DataFrame(
            {
                "row": np.concatenate([rows, every]) + start,
                "position": np.concatenate([_place(rows), count]) + 1,
                "field": self._titles[np.append(fields, np.full(len(array), -1))],
                "feature": self._names[np.append(named, np.full(len(array), -1))],
                "contribution": np.concatenate([own, left]),
                "points": np.concatenate([points, left_points]),
                "reason": pl.concat(
                    [sentences, pl.Series([others[n] for n in count], dtype=pl.String)]
                ),
            },
            schema=LINES,
            strict=False,
        )
        return together.sort("row", "position")


def _chunks(array: F32) -> Iterator[tuple[int, F32]]:
    step = max(1, min(_CHUNK_ROWS, _CHUNK_CELLS // array.shape[1]))
    for start in range(0, len(array), step):
        yield start, array[start : start + step]


def _together(parts: list[Contributions], features: int, fields: int) -> Contributions:
    if not parts:
        return Contributions(np.empty(0), 0.0, np.empty((0, features)), np.empty((0, fields)))
    return Contributions(
        np.concatenate([part.raw_score for part in parts]),
        parts[0].base_score,
        np.concatenate([part.by_feature for part in parts]),
        np.concatenate([part.by_field for part in parts]),
    )


def _place(*keys: npt.NDArray[np.integer]) -> Ints:
    """Return how many earlier entries have the same keys, (m,)."""
    names = [f"key{index}" for index in range(len(keys))]
    frame = pl.DataFrame(dict(zip(names, keys, strict=True)))
    return frame.select(pl.int_range(pl.len()).over(names)).to_series().to_numpy()


def _sum(values: npt.NDArray[np.generic], rows: Ints, count: int) -> F64:
    return np.bincount(rows, weights=values, minlength=count).astype(np.float64)


def _others(left: int, named: int) -> str:
    if not named:
        return "all fields together; none of them alone decides"
    return f"{left} other field{'' if left == 1 else 's'} together"
