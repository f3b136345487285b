"""A column that has told the outcome only lately: since somebody began to fill it in afterwards.

Looked for in the newest rows, which judge a model and which the model handed over learns from too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.leakage import alone
from models.leakage.column import Column, folds_of
from models.leakage.finding import Note
from models.leakage.parts import is_sudden
from models.matrix import F32, Bools, Ints
from models.params import LeakageSettings

_MIN_MINORITY: Final = 50
_SHARES: Final = (("the newest rows", 1.0), ("the newest quarter of the newest rows", 0.25))


@dataclass(frozen=True)
class Latest:
    """Rows after those that the other checks look at, in order of time.

    Parameters
    ----------
    matrix : (n, k) float32
    label : (n,) bool
    group : (n,) int64
    """

    matrix: F32
    label: Bools
    group: Ints


def look_lately(
    columns: Sequence[Column],
    values: Sequence[tuple[str, ...]],
    latest: Latest,
    limits: LeakageSettings,
) -> list[Note]:
    """Find what gives the outcome away in the newest rows, and did not before.

    Parameters
    ----------
    columns : sequence of Column
        As the rows before show them.
    values : sequence of tuple of str
        Those of a category, empty for the others.
    """
    found = []
    for words, share in _SHARES:
        first = len(latest.label) - round(share * len(latest.label))
        label, fold = latest.label[first:], folds_of(latest.group[first:])
        hits, misses = int(label.sum()), int((~label).sum())
        if min(hits, misses) < _MIN_MINORITY:
            continue
        for index, before in enumerate(columns):
            now = Column.of(before.feature, latest.matrix[first:, index], label, fold)
            if not is_sudden(now.area, before.area, hits, misses, limits):
                continue
            told = [n for n in alone.look(now, index, values[index], limits) if n.verdict == "leak"]
            if not told and now.area < limits.suspect_auc:
                continue
            reason = (
                f"in {words} {now.title} alone ranks conversions with AUC {now.area:.3f}, before"
                f" with {before.area:.3f}"
            )
            found.append(Note(index, "leak" if told else "suspect", reason))
    return found
