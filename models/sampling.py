"""Which rows a fit sees when there are more than trees can use, and what each then counts for."""

import numpy as np
import numpy.typing as npt

from models.matrix import F32, Bools, Ints
from models.split import uniform


def drawn(label: Bools, rows: Ints, limit: int, seed: int) -> tuple[Ints, F32 | None]:
    """Choose at most about `limit` rows, the rarer outcome first.

    Parameters
    ----------
    label : (n,) bool
        Of all rows.
    rows : (m,) int64
        Positions to choose from, ascending.
    limit : int
        Half of it belongs to the rarer outcome, which is seldom so frequent as to need it.
    seed : int
        Of the hash that draws: the same rows on every machine.

    Returns
    -------
    (r,) int64
        Positions, ascending.
    (r,) float32 or None
        Weight of each: one over the share drawn of its outcome, so that the weighted rows have the
        rates of all, and scores need no correction. None = nothing was left out.
    """
    if len(rows) <= limit:
        return rows, None
    hit = label[rows]
    rarer = min(int(hit.sum()), int((~hit).sum()))
    few = min(rarer, limit // 2)
    shares = {True: few, False: limit - few}
    chance = np.empty(len(rows))
    for is_rarer in (True, False):
        inside = hit == (is_rarer == bool(hit.sum() <= len(hit) / 2))
        chance[inside] = min(1.0, shares[is_rarer] / max(1, int(inside.sum())))
    chosen: npt.NDArray[np.bool_] = uniform(rows, seed) < chance
    return rows[chosen], (1.0 / chance[chosen]).astype(np.float32)
