"""What a claim carries besides the contact point, so that whoever takes it can begin.

What can be said to the person's face is made of what passed between them and us, and of what they
told us: never of what a model thinks of them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.outreach.sayable import is_their_doing, may_be_said
from pipelines.store import Database, quoted, sql
from pipelines.store.custom import custom_columns

_PRODUCT: Final = ("product", "product_interest", "product_of_interest", "interested_in")
_CAMPAIGN: Final = ("campaign", "campaign_name", "utm_campaign", "campaign_id")
_SAID: Final = 3
_HOW: Final = {"call": "called us", "email": "wrote to us", "sms": "wrote to us",
               "meeting": "met us", "form": "sent us a form"}  # fmt: skip
# The AI passes on by itself too: that they asked for a person is not known.
_PASSED_ON: Final = "passed on to a person"
_SOMEHOW: Final = "got in touch with us"
_KEYS: Final = ("market", "product", "campaign", "queue_position", "is_hard", "why_a_person")


def handover_facts(db: Database, at: datetime) -> pl.DataFrame:
    """Return one row per listed lead with where they stand with us.

    Parameters
    ----------
    db : Database
        Has kin and listed_frame.
    at : datetime
        Now, UTC; what is dated later is a mistake.

    Returns
    -------
    DataFrame
        lead_key, segment (cold, re-engage, former customer), product, campaign (null: not known),
        last_in_at, last_in_channel, spoke_at, lead_source, known_since.
    """
    facts = db.frame(sql(__package__, "handover.sql"), at=at)
    for name, columns in (("product", _PRODUCT), ("own_campaign", _CAMPAIGN)):
        facts = facts.join(_said(db, name, columns), on="lead_key", how="left")
    campaign = pl.coalesce("last_campaign", "own_campaign").alias("campaign")
    return facts.with_columns(campaign).drop("last_campaign", "own_campaign")


def _said(db: Database, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return what the first of some columns says of the listed leads: lead_key and `name`."""
    parts = [
        f"SELECT lead_key, {quoted(column)}::VARCHAR AS cell FROM {quoted(table)}"
        " SEMI JOIN listed_frame USING (lead_key)"
        for table, column in custom_columns(db, columns)
    ]
    if not parts:
        return pl.DataFrame(schema={"lead_key": pl.Int64, name: pl.String})
    return db.frame(
        f"SELECT lead_key, any_value(nullif(trim(cell), '')) AS {name}"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY lead_key"
    )


def handed_people(db: Database, rows: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Return lead_key -> person and account of the rows that were taken.

    Parameters
    ----------
    db : Database
        The very file that the ready list was made of.
    """
    if not rows:
        return {}
    found = db.frame(
        sql(__package__, "handed_people.sql"), rows=[row["lead_rowid"] for row in rows]
    )
    return {row["lead_key"]: row for row in found.to_dicts()}


def handover_of(row: Mapping[str, Any], who: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes with one row, as values of JSON but for times.

    Parameters
    ----------
    row : mapping
        Of the ready list, with `variant` where a campaign tries several.
    who : mapping
        Its person and account.
    """
    first = None
    if row.get("why_first") is not None:
        first = {
            "why": row["why_first"], "since": row["came_at"], "note_ref": row.get("note_ref"),
        }  # fmt: skip
    return {
        "person": who.get("person"),
        "account": who.get("account"),
        **{key: row.get(key) for key in _KEYS},
        "say": to_their_face(row),
        "first": first,
        "variant": row.get("variant"),
    }


def to_their_face(row: Mapping[str, Any]) -> list[str]:
    """Return up to three reasons for the contact that can be said to the person, the best first."""
    said = []
    # How they came is said where an activity tells: a new lead of the website may be a chat.
    how = _HOW.get(row.get("last_in_channel") or "", _SOMEHOW)
    is_the_last = row.get("last_in_at") is not None and row["last_in_at"] == row.get("came_at")
    if row.get("why_first") == _PASSED_ON:
        said.append("We said that one of us would get in touch with you")
    elif row.get("why_first") is not None:
        said.append(f"You {how if is_the_last else _SOMEHOW} on {_day(row['came_at'])}")
    if row.get("last_in_at") is not None and not is_the_last:
        said.append(f"You {how} on {_day(row['last_in_at'])}")
    if row.get("spoke_at") is not None and row["spoke_at"] != row.get("last_in_at"):
        said.append(f"We spoke on {_day(row['spoke_at'])}")
    if row.get("segment") == "former customer":
        said.append("You have been a customer of ours")
    if row.get("product") and may_be_said(row["product"]):
        said.append(f"You were interested in {row['product']}")
    if row.get("lead_source") and is_their_doing(row["lead_source"]):
        said.append(f"Your details came to us through {row['lead_source']}")
    if row.get("known_since") is not None:
        said.append(f"We have known of you since {row['known_since']:%B %Y}")
    return said[:_SAID]


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"
