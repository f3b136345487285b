"""What every feature, and every field of the CRM, adds to a score.

Contributions are TreeSHAP values (Lundberg et al. 2020, doi:10.1038/s42256-019-0138-9) on the
log-odds scale. Those of the features of one field are added up; with the base score the sum is
the raw score.
"""

import math
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from features.featureset import FeatureSet
from features.fields import Field, field_of
from models.matrix import F32, F64, Ints

if TYPE_CHECKING:
    from models.model import Model

POINTS_PER_DOUBLING: Final = 10
"""Points for people: so many double the odds, as in credit scoring."""


@dataclass(frozen=True)
class Contributions:
    """The scores of some rows, taken apart.

    Parameters
    ----------
    raw_score : (n,) float64
        `base_score` plus a row of `by_feature`, or of `by_field`, to 1e-9.
    base_score : float
        Mean raw score of the leads that the trees learnt from.
    by_feature : (n, k) float64
        Log-odds, in matrix order; positive = more likely than the average lead.
    by_field : (n, f) float64
        The same per field.
    """

    raw_score: F64
    base_score: float
    by_feature: F64
    by_field: F64


class Grouping:
    """The fields of a feature set and which features belong to each."""

    def __init__(self, features: FeatureSet) -> None:
        found = [field_of(feature) for feature in features.features]
        self.fields: tuple[Field, ...] = tuple(sorted(set(found)))
        place = {field: index for index, field in enumerate(self.fields)}
        self.field_of: Ints = np.array([place[field] for field in found], dtype=np.int64)
        self.members: tuple[Ints, ...] = tuple(
            np.flatnonzero(self.field_of == index) for index in range(len(self.fields))
        )

    def sums(self, by_feature: F64) -> F64:
        """Return (n, f) sums of (n, k) values, the same bits for a row alone and among others.

        Feature by feature: NumPy adds up a row in an order that depends on how many rows there are.
        """
        return np.column_stack(
            [reduce(np.add, (by_feature[:, one] for one in own)) for own in self.members]
        )


def contributions(model: "Model", array: F32, grouping: Grouping, threads: int) -> Contributions:
    """Take the scores of (n, k) rows apart."""
    shares: F64 = model.booster.predict(array, pred_contrib=True, num_threads=threads)
    own = shares[:, :-1]
    return Contributions(model.raw_score(array), float(shares[0, -1]), own, grouping.sums(own))


def to_points(contribution: F64) -> npt.NDArray[np.int64]:
    """Return log-odds as whole points."""
    return np.rint(contribution * (POINTS_PER_DOUBLING / math.log(2))).astype(np.int64)
