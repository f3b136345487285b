"""What a CRM changes about a lead in a day, under the headers of either system."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Bools, Ints, pick_code
from pipelines.generate.exports import moments
from pipelines.generate.leads import HUBSPOT, SALESFORCE
from pipelines.generate.lots import lots
from pipelines.generate.times import DAY_S
from pipelines.generate.work import TITLES
from pipelines.generate.write import TIMESTAMP

EDITS: Final = ("title", "phone", "email", "worked", "converted", "disqualified")
_EDIT_SHARE: Final = (0.28, 0.18, 0.14, 0.34, 0.01, 0.05)
_DAY: Final = "%Y-%m-%d"


@dataclass(frozen=True)
class Headers:
    """What one system calls the columns that change."""

    folder: str
    id: str
    modified: str
    last: str
    title: str
    phone: str
    email: str
    status: str
    worked: str
    converted: str
    disqualified: str


HEADERS: Final = {
    SALESFORCE: Headers(
        folder="leads_salesforce",
        id="Id",
        modified="LastModifiedDate",
        last="LastActivityDate",
        title="Title",
        phone="Phone",
        email="Email",
        status="Status",
        worked="Working",
        converted="Closed - Converted",
        disqualified="Closed - Not Converted",
    ),
    HUBSPOT: Headers(
        folder="leads_hubspot",
        id="Record ID",
        modified="Last Modified Date",
        last="Last Activity Date",
        title="Job Title",
        phone="Phone Number",
        email="Email",
        status="Lead Status",
        worked="ATTEMPTED_TO_CONTACT",
        converted="OPEN_DEAL",
        disqualified="UNQUALIFIED",
    ),
}


@dataclass(frozen=True)
class Changed:
    """Lead rows as they are after the day, and what happened to each, (n,).

    ``edit`` is a position in ``EDITS``; ``at_s`` the moment of the change.
    """

    system: int
    rows: pl.DataFrame
    edit: Ints
    at_s: Ints

    @property
    def ids(self) -> pl.Series:
        """Ids as the system spells them."""
        return self.rows[HEADERS[self.system].id]

    def is_edit(self, name: str) -> Bools:
        """Tell which rows saw an edit."""
        chosen: Bools = self.edit == EDITS.index(name)
        return chosen


def changed(rows: pl.DataFrame, system: int, seed: int, day_s: int) -> Changed:
    """Edit every row of a piece of a lead export; each gets a new modification stamp.

    Parameters
    ----------
    rows : DataFrame
        As `readback.lead_pieces` yields them: typed or text.
    day_s : int
        Midnight of the day of the change, later than every stamp of the export.
    """
    names = HEADERS[system]
    ids = rows[names.id]
    edit = pick_code(lots(ids, seed, "edit"), _EDIT_SHARE)
    at_s = day_s + (lots(ids, seed, "moment") * DAY_S).astype(np.int64)
    if system == HUBSPOT:  # it exports minutes
        at_s -= at_s % 60
    title = (lots(ids, seed, "title") * len(_OWN_TITLES)).astype(np.int64)
    shown = rows.with_columns(
        pl.Series("_edit", edit),
        pl.Series("_title", _OWN_TITLES).gather(title),
        moments(at_s).alias("_at"),
    )
    edited = shown.with_columns(
        _as(rows, names.modified, TIMESTAMP[names.folder]).alias(names.modified),
        _when("title", pl.col("_title"), names.title),
        _when("phone", _next_number(names.phone), names.phone),
        # A typing error put right: a person of the same address elsewhere is not found by it.
        _when("email", pl.col(names.email).str.replace("@", ".new@", literal=True), names.email),
        *_progress(rows, names, system),
    )
    return Changed(system, edited.select(rows.columns), edit, at_s)


_OWN_TITLES: Final = tuple(title for title in TITLES if title)


def _when(edit: str, value: pl.Expr, column: str) -> pl.Expr:
    hit = pl.col("_edit") == EDITS.index(edit)
    return pl.when(hit).then(value).otherwise(pl.col(column)).alias(column)


def _as(rows: pl.DataFrame, column: str, timestamp: str) -> pl.Expr:
    """Spell the moment of the change as a column holds moments: timestamp, day or text."""
    dtype = rows.schema[column]
    if dtype == pl.String:
        return pl.col("_at").dt.strftime(timestamp)
    return pl.col("_at").cast(dtype)


def _next_number(column: str) -> pl.Expr:
    """Count the last digit of a number on by one; it keeps its country and length."""
    number = pl.col(column)
    digits = {str(digit): str((digit + 1) % 10) for digit in range(10)}
    return number.str.head(-1) + number.str.tail(1).replace(digits)


def _progress(rows: pl.DataFrame, names: Headers, system: int) -> list[pl.Expr]:
    """Move the status on, and what goes with it."""
    status = pl.col(names.status)
    for edit, word in (
        ("worked", names.worked),
        ("converted", names.converted),
        ("disqualified", names.disqualified),
    ):
        status = pl.when(pl.col("_edit") == EDITS.index(edit)).then(pl.lit(word)).otherwise(status)
    is_day = system == SALESFORCE
    touched = pl.col("_edit").is_in([EDITS.index(name) for name in ("worked", "converted")])
    last = _as(rows, names.last, _DAY if is_day else TIMESTAMP[names.folder])
    found = [
        status.alias(names.status),
        pl.when(touched).then(last).otherwise(pl.col(names.last)).alias(names.last),
    ]
    if system == SALESFORCE:
        said = pl.lit("true") if rows.schema["IsConverted"] == pl.String else pl.lit(value=True)
        found += [
            _when("converted", said, "IsConverted"),
            _when("converted", _as(rows, "ConvertedDate", _DAY), "ConvertedDate"),
        ]
    return found
