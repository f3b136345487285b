"""Which training rows were put on a list by lot, and with which chance."""

from typing import Final

import numpy as np
import numpy.typing as npt

from pipelines.store import Database, sql

_HISTORY: Final = "decision_history"
_COLUMNS: Final = frozenset({"person_key", "as_of", "slice", "propensity"})


def logged_chances(db: Database, target: str) -> npt.NDArray[np.float64] | None:
    """Return the logged chance of every training row.

    Parameters
    ----------
    db : Database
    target : str
        Table of training rows (lead_key, as_of, person_key).

    Returns
    -------
    (n,) float64 or None
        In order of (lead_key, as_of); NaN = chosen, not drawn. None = no list of this store has
        drawn anybody by lot: it keeps no history of decisions with a slice and its chance.
    """
    if not _COLUMNS.issubset(db.columns(_HISTORY)):
        return None
    found = db.frame(sql(__package__, "explored.sql").replace("__target__", target))["chance"]
    return None if not found.count() else found.fill_null(float("nan")).to_numpy()
