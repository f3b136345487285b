"""What hangs on leads: activities, outcomes, consent records, as of a moment, per system."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.activities import ACTORS, CHANNELS, DISPOSITIONS
from pipelines.generate.block import Block
from pipelines.generate.consents import CHANNELS as CONSENT_CHANNELS
from pipelines.generate.consents import STATUSES
from pipelines.generate.dice import Bools, Ints
from pipelines.generate.exports import moments
from pipelines.generate.leads import HUBSPOT
from pipelines.generate.outcomes import MILESTONES, REASONS
from pipelines.generate.spell import row_ids

_CAPTURED_BY: Final = ("web form", "preference centre", "privacy request")


def _child_ids(whole: Block, prefix: str, person: Ints, ordinal: Ints) -> pl.Series:
    """Ids of child rows: unique in the world, the same at every moment of the view."""
    number = pl.Series(whole.people.first_id + person).cast(pl.String)
    return prefix + number + "-" + pl.Series(ordinal).cast(pl.String)


def _of(whole: Block, row: Ints, at_s: Ints, moment_s: int, system: int) -> Ints:
    """Positions of the events of kept persons in one system before a moment."""
    kept = whole.is_kept[whole.rows.person[row]]
    return np.flatnonzero(kept & (at_s < moment_s) & (whole.rows.system[row] == system))


def activity_rows(whole: Block, moment_s: int, system: int) -> pl.DataFrame:
    """Activities of a system, sorted by person and time; one row per event."""
    acts = whole.acts
    chosen = _of(whole, acts.row, acts.at_s, moment_s, system)
    return pl.DataFrame(
        {
            "lead_source_id": row_ids(whole, acts.row[chosen]),
            "activity_id": _child_ids(whole, "a", acts.person[chosen], acts.ordinal[chosen]),
            "channel": pl.Series(CHANNELS).gather(acts.channel[chosen]),
            "direction": pl.Series(("in", "out")).gather(acts.is_out[chosen].astype(np.int64)),
            "at": moments(acts.at_s[chosen]),
            "disposition": pl.Series(DISPOSITIONS).gather(acts.disposition[chosen]),
            "actor": pl.Series(ACTORS).gather(acts.actor[chosen]),
        }
    )


def outcome_rows(whole: Block, moment_s: int, system: int) -> pl.DataFrame:
    """Milestones of a system; Salesforce knows the day of a conversion, HubSpot the second."""
    fates = whole.fates
    chosen = _of(whole, fates.row, fates.at_s, moment_s, system)
    milestone = fates.milestone[chosen]
    value = pl.Series(fates.value[chosen], nan_to_null=True)
    at = moments(fates.at_s[chosen])
    return pl.DataFrame(
        {
            "lead_source_id": row_ids(whole, fates.row[chosen]),
            "outcome_id": _child_ids(whole, "o", fates.person[chosen], milestone),
            "milestone": pl.Series(MILESTONES).gather(milestone),
            "occurred_at": at if system == HUBSPOT else at.dt.date(),
            "reason": _blank_to_null(pl.Series(REASONS).gather(fates.reason[chosen])),
            "value_amount": value,
            "currency": _where(value.is_not_null().to_numpy(), "USD"),
        }
    )


def consent_rows(whole: Block, moment_s: int, system: int) -> pl.DataFrame:
    """Consent records of a system; an empty channel means all channels."""
    agreed = whole.agreed
    chosen = _of(whole, agreed.row, agreed.at_s, moment_s, system)
    channel = agreed.channel[chosen]
    status = agreed.status[chosen]
    confirmed = agreed.confirmed[chosen]
    at = moments(agreed.at_s[chosen])
    is_opt_in = status == STATUSES.index("opt_in")
    return pl.DataFrame(
        {
            "lead_source_id": row_ids(whole, agreed.row[chosen]),
            "consent_id": _child_ids(whole, "c", agreed.person[chosen], agreed.ordinal[chosen]),
            "channel": _blank_to_null(pl.Series((*CONSENT_CHANNELS, "")).gather(channel % 5)),
            "purpose": pl.Series("p", ["marketing"]).gather(np.zeros(chosen.size, dtype=np.int64)),
            "status": pl.Series(STATUSES).gather(status),
            "lawful_basis": _where(is_opt_in, "consent"),
            "captured_at": at,
            "effective_from": at,
            "effective_to": moments(np.full(chosen.size, -1)),
            "is_confirmed": _blank_to_null(pl.Series(("false", "true", "")).gather(confirmed % 3)),
            "capture_source": pl.Series(_CAPTURED_BY).gather(status),
            "evidence_ref": _where(is_opt_in, "form-") + at.dt.year().cast(pl.String),
        }
    )


def _blank_to_null(values: pl.Series) -> pl.Series:
    return values.set(values == "", None)


def _where(chosen: Bools, text: str) -> pl.Series:
    """Give the text where chosen, null elsewhere."""
    return pl.Series((None, text), dtype=pl.String).gather(chosen.astype(np.int64))
