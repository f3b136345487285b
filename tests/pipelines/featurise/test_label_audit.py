from datetime import date, datetime, timedelta

import polars as pl
import pytest

from pipelines.featurise.label_audit import audit_labels, label_warnings
from pipelines.store import Database, create_tables

DAY = timedelta(days=1)
START = datetime(2020, 1, 1, 9)
AS_OF = date(2026, 1, 1)


@pytest.fixture
def db():
    with Database.memory(memory_gb=1.0, threads=2) as database:
        create_tables(database)
        yield database


@pytest.fixture
def audited(db):
    """Put leads and outcomes into a store and audit them: {(source, year): row}."""

    def _audited(leads, outcomes, labels=(), milestone="converted"):
        for key, (source, created) in enumerate(leads):
            db.run(
                "INSERT INTO lead (lead_key, source_system, source_id, created_at, is_dated)"
                " VALUES ($key, $source, $key, $created, $created IS NOT NULL)",
                key=key,
                source=source,
                created=created,
            )
        for key, what, when in outcomes:
            db.run(
                "INSERT INTO outcome (lead_key, outcome_id, milestone, occurred_at)"
                " VALUES ($key, $key, $what, $when)",
                key=key,
                what=what,
                when=when,
            )
        for key, is_positive in labels:
            db.run(
                "INSERT INTO static_label SELECT lead_key, source_system, $is_positive, 'b'"
                " FROM lead WHERE lead_key = $key",
                key=key,
                is_positive=is_positive,
            )
        audit_labels(db, milestone=milestone, horizon_days=90, as_of=AS_OF)
        rows = db.frame("SELECT * FROM label_audit").to_dicts()
        return {(row["source_system"], row["created_year"]): row for row in rows}

    return _audited


def test_a_lead_is_judged_only_when_its_window_is_over(audited):
    leads = [
        ("crm", START),  # converted in time
        ("crm", START),  # converted after the window
        ("crm", START),  # never
        ("crm", START),  # converted, nobody knows when
        ("crm", START),  # converted before it was there
        ("crm", START),  # on the very day, as a day
        ("crm", START),  # won stands in for converted
        ("crm", datetime(2025, 12, 1)),  # converted early, but its window is open
        ("crm", datetime(2025, 12, 20)),  # its creation is the end of the data
        ("crm", None),
    ]
    outcomes = [
        (0, "converted", START + 10 * DAY),
        (1, "converted", START + 100 * DAY),
        (3, "converted", None),
        (4, "converted", START - 30 * DAY),
        (5, "converted", datetime(2020, 1, 1)),
        (6, "won", START + 5 * DAY),
        (6, "lost", None),
        (7, "converted", datetime(2025, 12, 2)),
        (2, "converted", datetime(2026, 6, 1)),  # after the logical date: not known yet
    ]
    found = audited(leads, outcomes)
    year = found["crm", 2020]
    assert (year["leads"], year["judged"], year["positives"], year["later"]) == (7, 5, 3, 1)
    assert (year["undated"], year["impossible"], year["too_young"]) == (1, 1, 0)
    assert year["share"] == pytest.approx(3 / 5)
    young = found["crm", 2025]
    assert (young["leads"], young["judged"], young["too_young"], young["share"]) == (2, 0, 2, None)
    assert found["crm", None]["judged"] == 0


def test_the_counts_are_those_of_a_slow_loop(audited):
    leads = [("a" if i % 3 else "b", START + i * 5 * DAY) for i in range(300)]
    outcomes = [(i, "converted", START + (i * 5 + i % 140) * DAY) for i in range(0, 300, 4)]
    found = audited(leads, outcomes)
    end = max([w for _, _, w in outcomes] + [c for _, c in leads])
    reached = {key: when for key, _, when in outcomes}
    slow: dict[tuple[str, int], list[int]] = {}
    for key, (source, created) in enumerate(leads):
        row = slow.setdefault((source, created.year), [0, 0])
        if created + 90 * DAY <= end:
            row[0] += 1
            row[1] += key in reached and reached[key] < created + 90 * DAY
    assert {k: [v["judged"], v["positives"]] for k, v in found.items()} == slow


def test_a_label_column_is_a_population_of_its_own(audited):
    leads = [("bank", None)] * 3 + [("crm", START)]
    found = audited(leads, [(0, "won", START)], labels=[(0, True), (1, False)])
    bank = found["bank", None]
    assert (bank["label"], bank["leads"], bank["judged"], bank["positives"]) == (
        "label column",
        3,
        2,
        1,
    )
    assert found["crm", 2020]["label"] == "converted"


def _rows(*years, undated=0, impossible=0, later=0):
    return pl.DataFrame(
        {
            "source_system": "crm",
            "label": "converted",
            "created_year": year,
            "judged": judged,
            "positives": positives,
            "share": positives / judged if judged else None,
            "later": later,
            "undated": undated,
            "impossible": impossible,
        }
        for year, judged, positives in years
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (_rows((2020, 1000, 100), (2021, 1000, 110)), None),
        (_rows((2020, 1000, 0), (2021, 1000, 0)), "none of its 2,000 leads is converted"),
        (_rows((2020, 500, 500)), "every one of its 500 leads"),
        (_rows((2020, 1000, 100), (2021, 1000, 0)), "none of 1,000 leads of 2021"),
        (_rows((2020, 1000, 100), (2021, 20, 0)), None),  # may be chance
        (_rows((2020, 1000, 100), (2021, 100, 100)), "all 100 leads of 2021"),
        (_rows((2020, 1000, 20), (2021, 1000, 200)), "goes from 2.0% of 1,000 leads of 2020"),
        (_rows((2020, 1000, 20), (2021, 30, 3)), None),  # a jump, and no wonder
        (_rows((2020, 1000, 50), undated=20), "20 of 70 leads have converted without a date"),
        (_rows((2020, 1000, 50), impossible=10), "before the day they were created"),
    ],
)
def test_what_looks_wrong_is_said_and_nothing_else(rows, said):
    lines = label_warnings(rows)
    if said is None:
        assert lines == []
    else:
        assert any(said in line for line in lines), lines


def test_warnings_end_somewhere():
    rows = _rows(*((1990 + i, 1000, (20, 500)[i % 2]) for i in range(30)))
    lines = label_warnings(rows)
    assert len(lines) == 11
    assert lines[-1] == "crm: and 19 more like these"


def test_an_empty_store_has_an_empty_audit(audited):
    assert audited([], []) == {}
