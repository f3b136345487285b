"""What comes along with a day's changes: events, milestones, refusals, under a world's headers."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Bools, Ints
from pipelines.generate.edits import HEADERS, Changed
from pipelines.generate.exports import moments
from pipelines.generate.leads import HUBSPOT
from pipelines.generate.lots import lots
from pipelines.generate.newcomers import NEW

# Of the leads whose fields were only corrected, so many also visited the site.
_VISIT_SHARE: Final = 0.3
_CALL_SHARE: Final = 0.6
_REFUSED_SHARE: Final = 0.01
_SUPPRESSED_SHARE: Final = 0.003
# Mail boxes that belong to one person: no role, no placeholder.
_OWN_MAILBOX: Final = r"^[a-z.]*fict\d+(\.new)?@"
_REASON: Final = "not a fit"


def events(change: Changed, day: str, seed: int) -> pl.DataFrame:
    """Build activities: a form of each new lead, a touch of each worked one, some visits."""
    draw = lots(change.ids, seed, "events")
    is_new = change.edit == NEW
    is_touched = change.is_edit("worked") | change.is_edit("converted")
    is_call = is_touched & (draw < _CALL_SHARE)
    kept = is_new | is_touched | (draw < _VISIT_SHARE)
    kind = np.select([is_new, is_call, is_touched], [0, 1, 2], default=3)[kept]

    def word(*words: str) -> pl.Series:
        return pl.Series(words).gather(kind)

    return pl.DataFrame(
        {
            "lead_source_id": change.ids.filter(pl.Series(kept)),
            "activity_id": _own_ids(change, kept, "a", day),
            "channel": word("form", "call", "email", "web"),
            "direction": word("in", "out", "out", "in"),
            "at": moments(change.at_s[kept]),
            "disposition": word("submitted", "answered", "sent", "visited"),
            "actor": word("system", "human", "human", "system"),
        }
    )


def milestones(change: Changed, day: str) -> pl.DataFrame:
    """Build outcomes of the leads that were converted or disqualified."""
    is_out = change.is_edit("disqualified")
    kept = change.is_edit("converted") | is_out
    at = moments(change.at_s[kept])
    out = is_out[kept].astype(np.int64)
    return pl.DataFrame(
        {
            "lead_source_id": change.ids.filter(pl.Series(kept)),
            "outcome_id": _own_ids(change, kept, "o", day),
            "milestone": pl.Series(("converted", "disqualified")).gather(out),
            "occurred_at": at if change.system == HUBSPOT else at.dt.date(),
            "reason": pl.Series((None, _REASON), dtype=pl.String).gather(out),
            "value_amount": pl.Series([None], dtype=pl.Float64).gather(np.zeros_like(out)),
            "currency": pl.Series([None], dtype=pl.String).gather(np.zeros_like(out)),
        }
    )


def refusals(change: Changed, day: str, seed: int) -> pl.DataFrame:
    """Build consent records of those who said no, on e-mail, telephone or everything."""
    kept = lots(change.ids, seed, "refusals") < _REFUSED_SHARE
    at = moments(change.at_s[kept])
    count = at.len()
    ids = change.ids.filter(pl.Series(kept))
    channel = (lots(ids, seed, "refused channel") * 3).astype(np.int64)

    def same(value: str | None) -> pl.Series:
        return pl.Series([value], dtype=pl.String).gather(np.zeros(count, dtype=np.int64))

    return pl.DataFrame(
        {
            "lead_source_id": ids,
            "consent_id": _own_ids(change, kept, "c", day),
            "channel": pl.Series(("email", "phone", None)).gather(channel),
            "purpose": same("marketing"),
            "status": same("opt_out"),
            "lawful_basis": same(None),
            "captured_at": at,
            "effective_from": at,
            "effective_to": moments(np.full(count, -1)),
            "is_confirmed": same(None),
            "capture_source": same("preference centre"),
            "evidence_ref": same(None),
        }
    )


def suppressed(change: Changed, seed: int) -> pl.DataFrame:
    """Build suppressions of private mailboxes; an empty channel means all channels."""
    email = change.rows[HEADERS[change.system].email].str.to_lowercase()
    drawn = pl.Series(lots(change.ids, seed, "suppressions") < _SUPPRESSED_SHARE)
    kept = (drawn & email.str.contains(_OWN_MAILBOX).fill_null(value=False)).to_numpy()
    return pl.DataFrame(
        {
            "email": email.filter(pl.Series(kept)),
            "phone": _nothing(kept),
            "domain": _nothing(kept),
            "channel": _nothing(kept),
            "reason": pl.Series(["unsubscribed"]).gather(np.zeros(int(kept.sum()), np.int64)),
            "since": moments(change.at_s[kept]),
        }
    )


def _nothing(kept: Bools) -> pl.Series:
    empty: Ints = np.zeros(int(kept.sum()), dtype=np.int64)
    return pl.Series([None], dtype=pl.String).gather(empty)


def _own_ids(change: Changed, kept: Bools, prefix: str, day: str) -> pl.Series:
    """Ids that no world has: those hold a person's number, these a lead's id and the day."""
    return prefix + day + "-" + change.ids.filter(pl.Series(kept))
