"""What contact brings over no contact: the control group beside others as likely to convert."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from models.estimate import difference, ratio, scaled, share_by_score, share_of
from pipelines.learnt.rows import Row


def uplift_rows(arms: pl.DataFrame) -> Iterator[Row]:
    """Yield the figures of `uplift_estimate`, as assigned: who was held back, who was not.

    Parameters
    ----------
    arms : DataFrame
        As arms.sql gives it: is_control, converted, contacted; a row is a person.
    """
    label = arms["converted"].to_numpy().astype(np.bool_)
    held = arms["is_control"].to_numpy().astype(np.float64)
    control, others = (share_of(label, weight) for weight in (held, 1 - held))
    yield Row(_keys("conversion", "control"), control)
    yield Row(_keys("conversion", "others"), others)
    gained = difference(share_by_score(label, 1 - held), share_by_score(label, held))
    yield Row(_keys("difference", "both"), gained, "+.2%")
    yield Row(_keys("ratio", "both"), ratio(others, control), ".2f")
    contacted = arms["contacted"].to_numpy().astype(np.float64)
    rates = [
        float(contacted[weight > 0].mean()) if weight.any() else 0.0 for weight in (1 - held, held)
    ]
    # Who was held back may have been contacted after coming to us: only the difference counts
    # (Angrist, Imbens and Rubin 1996, doi:10.1080/01621459.1996.10476902).
    reached = rates[0] - rates[1]
    per_contact = scaled(gained, 1 / reached if reached > 0 else 0.0)
    yield Row(
        _keys("per_contact", "both"), per_contact, "+.2%",
        is_enough=per_contact.is_enough and reached > 0,
        more=f"; {rates[0]:.0%} of the others were contacted, {rates[1]:.0%} of the control group",
    )  # fmt: skip
    lost = scaled(gained, float(held.sum()))
    yield Row(_keys("forgone", "control"), lost, ".1f", more=" conversions")


def _keys(measure: str, arm: str) -> dict[str, str]:
    return {"measure": measure, "arm": arm}
