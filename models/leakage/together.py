"""All columns together: too good to be true, and which of them make it so.

One column that gives the outcome away is found alone. Several that each give away a part are found
by what they reach together: an honest model of who will buy does not rank nearly everybody right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from features.featureset import FeatureSet
from features.vocabulary import Vocabulary
from models import boosting
from models.block import Block
from models.matrix import F32, Bools, Ints
from models.metrics import auc
from models.params import Candidate, TrainSettings

_FOLDS: Final = 3
_SIZE: Final = Candidate(
    name="probe", trees=80, leaves=15, learning_rate=0.1, feature_fraction=1.0, lambda_l2=10
)
_PARAMS: Final = TrainSettings(max_bin=63, num_threads=1, candidates=(_SIZE,))


@dataclass(frozen=True)
class Probe:
    """Rows on which small boosted models are tried with and without columns.

    Parameters
    ----------
    matrix : (n, k) float32
    label : (n,) bool
    fold : (n,) int64
    features : FeatureSet
        Of all k columns.
    """

    matrix: F32
    label: Bools
    fold: Ints
    features: FeatureSet

    def area(self, columns: Sequence[int]) -> float:
        """AUC, out of fold, of a model of these columns; 0.5 without any.

        Columns are taken in order of their content, so that neither their names nor their order in
        the file decide between two equally good splits.
        """
        if not columns:
            return 0.5
        matrix = np.asfortranarray(self.matrix[:, sorted(columns, key=self._content)])
        chosen = [self.features.features[i] for i in sorted(columns, key=self._content)]
        known = self.features.vocabulary.values
        features = FeatureSet(
            tuple(chosen), Vocabulary({f.name: known[f.name] for f in chosen if f.name in known})
        )
        areas, pairs = [], []
        for fold in range(_FOLDS):
            held = self.fold % _FOLDS == fold
            if self.label[held].all() or not self.label[held].any():
                continue
            block = Block(np.asfortranarray(matrix[~held]), self.label[~held])
            binned = boosting.dataset(block, features, _PARAMS)
            booster = boosting.fit(_SIZE, binned, None, features, _PARAMS)
            raw = boosting.raw_score(booster, matrix[held], _PARAMS.num_threads)
            areas.append(auc(self.label[held], raw))
            pairs.append(float(self.label[held].sum()) * float((~self.label[held]).sum()))
        return float(np.average(areas, weights=pairs)) if areas else float("nan")

    def _content(self, column: int) -> bytes:
        return self.matrix[:, column].tobytes()


@dataclass(frozen=True)
class Step:
    """Columns taken out together, and the AUC of the rest before and after."""

    columns: tuple[int, ...]
    before: float
    after: float


def take_out(
    probe: Probe,
    kept: Sequence[int],
    blocks: Sequence[tuple[int, ...]],
    plausible: float,
    least: float,
) -> tuple[list[Step], float]:
    """Take out the most telling block, again and again, until the rest is plausible.

    Parameters
    ----------
    kept : sequence of int
        All columns still in the model.
    blocks : sequence of tuple of int
        What may be taken out; columns of one block go together.
    plausible : float
        AUC up to which the rest is believed.
    least : float
        A block that tells less than this (AUC) is not worth taking out.

    Returns
    -------
    steps, AUC of what is left
    """
    rest, open_blocks, steps = list(kept), list(blocks), []
    area = probe.area(rest)
    while area > plausible and open_blocks:
        tried = [(probe.area([c for c in rest if c not in block]), block) for block in open_blocks]
        lowest, block = min(tried, key=lambda one: one[0])
        if area - lowest < least:
            break
        steps.append(Step(block, area, lowest))
        rest = [c for c in rest if c not in block]
        open_blocks.remove(block)
        area = lowest
    return steps, area
