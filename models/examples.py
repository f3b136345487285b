"""What a model learns from: the training set as handed in, and as arrays with their blocks."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from features.featureset import FeatureSet
from features.vocabulary import Vocabulary
from models.block import Block
from models.errors import TrainingRefusedError
from models.manifest import JSON
from models.matrix import F32, F64, Bools, Ints, check_finite, to_array
from models.order import Order, counting_columns, find_order
from models.params import TrainSettings
from models.sampling import drawn
from models.split import BLOCKS, UNUSED, split


@dataclass(frozen=True)
class TrainingSet:
    """Labelled rows, one per lead (and ``as_of`` where there are dates).

    Parameters
    ----------
    matrix : pl.DataFrame
        Shape (n, k), Float32, columns in the order of the feature set, null = missing.
    label : (n,) bool
        Converted within the horizon.
    group : (n,) int64
        Person; never on two sides of a split.
    at : (n,) datetime64 or None
        ``as_of`` of the row in days; None = population without dates.
    order : (n,) int64
        Place of the record in its file, or the lead key where there are dates: makes training
        independent of the order in which rows arrive, and may tell time (`models.order`).
    newest : (n,) float64
        Larger = newer, NaN = unknown: seconds since 1970 at which the lead was created.
    serial : (n,) float64, optional
        The number that the source gave the record, NaN = none: tells which end of a file is newer.
    scoring : pl.DataFrame, optional
        Shape (m, k), like `matrix`: leads whose outcome nobody knows yet, for the drift check.
    chance : (n,) float64, optional
        Chance with which the lead was put on the list by lot, NaN = it was chosen
        (`models.exploration`).
    """

    matrix: pl.DataFrame
    label: Bools
    group: Ints
    at: npt.NDArray[np.datetime64] | None
    order: Ints
    newest: F64
    serial: F64 | None = None
    scoring: pl.DataFrame | None = None
    chance: F64 | None = None

    def __post_init__(self) -> None:
        rows = self.matrix.height
        columns = (
            self.label, self.group, self.order, self.newest, self.at, self.serial, self.chance,
        )  # fmt: skip
        if any(column is not None and len(column) != rows for column in columns):
            raise TrainingRefusedError("arrays of different lengths", f"{rows} rows each")
        if self.at is not None and np.isnat(self.at).any():
            raise TrainingRefusedError("rows without as_of", "a date for every row, or for none")


@dataclass(frozen=True)
class Examples:
    """All rows as arrays in canonical order, with their block.

    Parameters
    ----------
    matrix : (n, k) float32
        Column by column in memory.
    tied : (n,) int64
        Person, joined with those whose rows are alike in every feature where there are no dates.
    block : (n,) int8
        See `models.split`.
    order : Order
        What tells earlier rows from later ones.
    place : (n,) int64
        Position of each row in the `TrainingSet`.
    scoring : (m, k) float32 or None
        See `TrainingSet`; so is `chance`, (n,) float64 or None.
    """

    features: FeatureSet
    matrix: F32
    label: Bools
    group: Ints
    tied: Ints
    newest: F64
    block: npt.NDArray[np.int8]
    order: Order
    at: npt.NDArray[np.datetime64] | None
    place: Ints
    scoring: F32 | None = None
    chance: F64 | None = None

    @classmethod
    def of(cls, data: TrainingSet, features: FeatureSet, params: TrainSettings) -> "Examples":
        """Sort, check, find the order of time, and cut into blocks."""
        keys = (data.group, data.order) if data.at is None else (data.group, data.order, data.at)
        rows = np.lexsort(keys)
        matrix = to_array(data.matrix, features.names, rows)
        check_finite(matrix, features.names)
        at = None if data.at is None else data.at[rows]
        group, label, newest = (
            data.group[rows],
            data.label[rows].astype(np.bool_),
            data.newest[rows],
        )
        serial = None if data.serial is None else data.serial[rows]
        order = find_order(matrix, features, label, group, at, newest, serial, params)
        tied, block = split(
            group, order.time, matrix, params.shares, params.seed, is_dated=at is not None
        )
        if at is None and order.time is not None and not _has_both(label, block):
            reason = f"{order.reason}; but a block of time would hold one outcome only"
            order = replace(order, basis="none", time=None, reason=reason)
            tied, block = split(group, None, matrix, params.shares, params.seed, is_dated=False)
        meant = None if data.scoring is None else to_array(data.scoring, features.names)
        chance = None if data.chance is None else data.chance[rows]
        return cls(
            features, matrix, label, group, tied, newest, block, order, at, rows, meant, chance
        )

    def where(self, *blocks: int) -> Ints:
        """Return the positions of the rows of some blocks, ascending."""
        return np.flatnonzero(np.isin(self.block, blocks))

    def rows(self, rows: Ints) -> Block:
        """Return a copy of some rows."""
        return Block(self.matrix[rows], self.label[rows])

    def sample(self, rows: Ints, limit: int, seed: int) -> Block:
        """Return a copy of at most about `limit` of some rows, weighted (`models.sampling`)."""
        chosen, weight = drawn(self.label, rows, limit, seed)
        return Block(self.matrix[chosen], self.label[chosen], weight)

    def without(self, names: tuple[str, ...]) -> "Examples":
        """Leave features out.

        Raises
        ------
        TrainingRefusedError
            None would be left.
        """
        if not names:
            return self
        kept = [i for i, name in enumerate(self.features.names) if name not in names]
        if not kept:
            raise TrainingRefusedError("only features that leak", "at least one honest feature")
        features = tuple(self.features.features[index] for index in kept)
        values = self.features.vocabulary.values
        vocabulary = Vocabulary({f.name: values[f.name] for f in features if f.name in values})
        return replace(
            self,
            features=FeatureSet(features, vocabulary),
            matrix=self.matrix[:, kept],
            scoring=None if self.scoring is None else self.scoring[:, kept],
        )

    def counters(self) -> tuple[str, ...]:
        """Return the columns that only number the rows of a file: clocks, and no features."""
        if self.at is not None or self.order.time is None:
            return ()
        return tuple(
            self.features.names[index]
            for index in counting_columns(self.matrix, self.features.kinds, self.order.time)
        )

    def sizes(self) -> dict[str, JSON]:
        """Return rows, outcomes, persons and dates per block, for the manifest."""
        found: dict[str, JSON] = {"unused": {"rows": int((self.block == UNUSED).sum())}}
        for index, name in enumerate(BLOCKS):
            inside = self.block == index
            at = None if self.at is None else self.at[inside]
            found[name] = {
                "rows": int(inside.sum()),
                "positives": int(self.label[inside].sum()),
                "negatives": int((~self.label[inside]).sum()),
                "groups": len(np.unique(self.group[inside])),
                "first_at": str(at.min()) if at is not None and len(at) else None,
                "last_at": str(at.max()) if at is not None and len(at) else None,
            }
        return found


def _has_both(label: Bools, block: npt.NDArray[np.int8]) -> bool:
    return all(len(np.unique(label[block == index])) == 2 for index in range(len(BLOCKS)))
