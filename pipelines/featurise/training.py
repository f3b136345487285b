"""Which rows a model learns from: point in time where there are dates, static labels elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from pipelines.errors import RefusedError, UsageError
from pipelines.featurise.selection import Selection, contact_selection
from pipelines.store import Database, sql

Condition = Literal["contacted", "none"]

MILESTONES: Final = ("qualified", "converted", "opportunity", "won", "disqualified", "lost")
# Who reached one of these is past the milestone: nobody calls a customer to qualify them.
_BEYOND: Final[dict[str, tuple[str, ...]]] = {
    "qualified": ("qualified", "opportunity", "converted", "won"),
    "converted": ("converted", "won"),
    "opportunity": ("opportunity", "won"),
}
# A field that is overwritten is a feature where its history covers the training rows; judgement:
# with more gaps, that it is missing would say how old a row is more than anything else.
HISTORY_SHARE: Final = 0.9

# Without contacts the grid could go back 26 years; two years of quarters already show every season
# twice and stay closest to what tonight's leads look like. Judgement.
GRID_DATES: Final = 8
MAX_ROWS: Final = 5_000_000
_SAMPLE_STEPS: Final = 16**5  # of the first five hex digits of an MD5


@dataclass(frozen=True)
class TrainingRows:
    """What `training_rows` made.

    Parameters
    ----------
    table : str
        Temporary table (lead_key, as_of, person_key, is_positive), sorted by (lead_key, as_of):
        the order of ``feature_batches(db, target=table, ...)``.
    condition : {"contacted", "none"}
        "contacted": as_of is the day of a first contact after a pause, so the label means
        converted given contacted. "none": no contact is known; as_of is a grid of days.
    milestone : str
        What counts as converted.
    horizon_days : int
        Length of the label window, from as_of on.
    data_end : datetime
        UTC; last known event. A row needs its whole window before it.
    row_count, positive_count : int
        Rows in `table`; those with a positive label.
    candidate_count : int
        ``row_count`` plus everything left out below.
    too_young_count, already_converted_count, created_later_count, objected_count : int
        Left out: window not over; person converted before; lead made after as_of (or later on that
        day); person objected to profiling.
    undated_count : int
        Left out: person converted, but nobody knows when.
    retention_count : int
        Left out: no own contact for so long that a retention review is due (GDPR 5(1)(e)).
    sampled_out_count : int
        Left out to stay under the limit of rows, by whole persons.
    known_count : int
        Rows in `table` whose lead the store knew at their as_of: from there on it has a history.
    selection : Selection
        How those who were contacted converted, and those who were not.
    """

    table: str
    condition: Condition
    milestone: str
    horizon_days: int
    data_end: datetime
    row_count: int
    positive_count: int
    candidate_count: int
    too_young_count: int
    already_converted_count: int
    created_later_count: int
    objected_count: int
    undated_count: int
    retention_count: int
    sampled_out_count: int
    known_count: int
    selection: Selection

    @property
    def has_history(self) -> bool:
        """Whether the history of the leads covers the rows: see `HISTORY_SHARE`."""
        return 0 < self.row_count * HISTORY_SHARE <= self.known_count


@dataclass(frozen=True)
class StaticRows:
    """What `static_rows` made: `table` has (lead_key, as_of, person_key, is_positive, row_number).

    ``row_number`` is the 1-based record in the file; the table is sorted by lead_key.
    """

    table: str
    row_count: int
    positive_count: int


def training_rows(
    db: Database,
    *,
    as_of: date,
    horizon_days: int,
    milestone: str = "converted",
    data_end: datetime | None = None,
    retention_months: int = 0,
    retention_countries: Collection[str] = (),
    condition: Condition = "contacted",
    grid_dates: int = GRID_DATES,
    max_rows: int = MAX_ROWS,
) -> TrainingRows:
    """Make the temporary table ``training_target`` of the dated population.

    Parameters
    ----------
    db : Database
        Holds the tables of the store; a read-only one works.
    as_of : date
        Logical date of the training; nothing at or after its midnight UTC is read.
    horizon_days : int
        H: positive means the milestone within [as_of, as_of + H days) of the row.
    milestone : str
        One of `MILESTONES`. For "converted", a lead without a converted row takes its "won" row.
    data_end : datetime, optional
        UTC end of the data; None = the last event, outcome or creation before `as_of`.
    retention_months, retention_countries : int, collection of str
        The policy's retention rule; without countries nobody is left out for it.
    condition : {"contacted", "none"}
        "contacted" learns from contacts where any are known; "none" never does.
    grid_dates : int
        Days of the grid where no contact is known, `horizon_days` apart.
    max_rows : int
        Above it, persons are sampled by a hash of their key: the same on every machine.

    Raises
    ------
    RefusedError
        There is no dated event at all.
    UsageError
        An unknown milestone, or a horizon or limit below 1.
    """
    if milestone not in MILESTONES:
        raise UsageError(f"unknown milestone {milestone!r}", f"one of {', '.join(MILESTONES)}")
    if min(horizon_days, grid_dates, max_rows) < 1:
        raise UsageError("a training horizon, grid or limit below 1", "1 or more")
    end = data_end or db.scalar(sql(__package__, "data_end.sql"), as_of=as_of)
    if end is None:
        raise RefusedError(
            "no dated lead, activity or outcome to learn from",
            "events before the logical date",
            "load outcomes and activities, or map a [label] column",
        )
    used = _make_candidates(db, condition, as_of, horizon_days, end, grid_dates)
    _find_lapsed(db, as_of, retention_months, retention_countries)
    label = {
        "milestone": milestone,
        "fallback": "won" if milestone == "converted" else None,
        "beyond": list(_BEYOND.get(milestone, (milestone,))),
        "horizon_days": horizon_days,
        "data_end": end,
        "as_of": as_of,
    }
    db.run(sql(__package__, "training_rows.sql"), **label)
    verdicts = dict(
        db.frame("SELECT verdict, count(*) AS rows FROM training_row GROUP BY verdict").rows()
    )
    kept = verdicts.get("kept", 0)
    keep = _SAMPLE_STEPS if kept <= max_rows else _SAMPLE_STEPS * max_rows // kept
    db.run(sql(__package__, "training_target.sql"), keep=keep)
    # It makes candidates and rows of its own.
    selection = contact_selection(db, label, grid_dates=grid_dates)
    db.run("DROP TABLE training_row")
    db.run("DROP TABLE training_candidate")
    db.run("DROP TABLE training_lapsed")
    row_count, positive_count, known_count = db.frame(sql(__package__, "known_rows.sql")).row(0)
    return TrainingRows(
        table="training_target",
        condition=used,
        milestone=milestone,
        horizon_days=horizon_days,
        data_end=end,
        row_count=row_count,
        positive_count=positive_count,
        candidate_count=sum(verdicts.values()),
        too_young_count=verdicts.get("too_young", 0),
        already_converted_count=verdicts.get("already_converted", 0),
        created_later_count=verdicts.get("created_later", 0),
        objected_count=verdicts.get("objected", 0),
        undated_count=verdicts.get("undated", 0),
        retention_count=verdicts.get("retention", 0),
        sampled_out_count=kept - row_count,
        known_count=known_count,
        selection=selection,
    )


def static_rows(db: Database, *, source_system: str, as_of: date) -> StaticRows:
    """Make the temporary table ``static_target`` of the population of one source."""
    db.run(sql(__package__, "static_target.sql"), source_system=source_system, as_of=as_of)
    row_count, positive_count = _counts(db, "static_target")
    return StaticRows("static_target", row_count, positive_count)


def open_rows(
    db: Database,
    *,
    source_system: str | None,
    as_of: date,
    most: int,
    retention_months: int = 0,
    retention_countries: Collection[str] = (),
) -> str:
    """Make the temporary table ``open_target`` (lead_key, as_of) and return its name.

    It holds about `most` of the leads without a known outcome, of one source or, for None, of the
    dated population: the same ones on every machine, sorted by lead_key. Persons due for a
    retention review are left out, as they are of the training rows.
    """
    _find_lapsed(db, as_of, retention_months, retention_countries)
    db.run(sql(__package__, "open_target.sql"), source_system=source_system, as_of=as_of, most=most)
    db.run("DROP TABLE training_lapsed")
    return "open_target"


def _find_lapsed(db: Database, as_of: date, months: int, countries: Collection[str]) -> None:
    db.run(
        sql(__package__, "lapsed.sql"),
        as_of=as_of,
        retention_months=months,
        retention_countries=list(countries),
    )


def _make_candidates(
    db: Database,
    wanted: Condition,
    as_of: date,
    horizon_days: int,
    data_end: datetime,
    grid_dates: int,
) -> Condition:
    db.run(sql(__package__, "episodes.sql"), horizon_days=horizon_days, as_of=as_of)
    if wanted == "contacted" and db.scalar("SELECT count(*) FROM training_candidate"):
        return "contacted"
    db.run(
        sql(__package__, "grid.sql"),
        horizon_days=horizon_days,
        data_end=data_end,
        grid_dates=grid_dates,
    )
    return "none"


def _counts(db: Database, table: str) -> tuple[int, int]:
    counted = db.frame(
        f"SELECT count(*) AS n, count(*) FILTER (is_positive) AS positive FROM {table}"
    )
    row_count, positive_count = counted.row(0)
    return row_count, positive_count
