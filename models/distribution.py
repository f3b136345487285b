"""Where a score stands among the leads that training held out: quantiles, kept in the manifest."""

from typing import Final

import numpy as np

from models.manifest import JSON
from models.matrix import F64

# Every half percent, and every hundredth of one at the top, where lists are cut.
_PERCENTS: Final = (*np.arange(0.0, 99.0, 0.5).tolist(), *np.linspace(99, 100, 101).tolist())


def distribution(raw: F64) -> dict[str, JSON]:
    """Return the quantiles of (m,) raw scores that trees never learnt from."""
    quantiles = np.quantile(raw, np.asarray(_PERCENTS) / 100)
    return {
        "percent": [round(percent, 4) for percent in _PERCENTS],
        "raw_score": [float(value) for value in quantiles],
        "rows": len(raw),
    }
