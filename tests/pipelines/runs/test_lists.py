"""What is missing, stale or cut off publishes nothing: lists against a count by hand."""

from datetime import datetime, timedelta

import pytest

from pipelines.errors import RefusedError, UsageError
from pipelines.runs.lists import check_lists, list_faults, run_confirm
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_suppress
from pipelines.runs.safety import check_ledger
from pipelines.runs.suppressed import bring_suppressions, check_suppressions
from pipelines.runs.suppressing import check_points
from pipelines.settings.contact_keys import tag_scheme
from pipelines.settings.policy import FeedSettings, SuppressionFeed
from pipelines.store import Database, audit, create_tables
from pipelines.store.ledger import Ledger, imports
from pipelines.store.ledger.imports import Import

AT = datetime(2026, 11, 22, 12)
DECLARED = FeedSettings(suppressions={"crm": SuppressionFeed(max_age_days=7)})


def _came(*lists):
    """Lists as (days ago, entries, known); entries None: a person confirmed the one before."""
    found, before = [], 0
    for number, (days, entries, known) in enumerate(lists):
        batch = None if entries is None else f"b{number}"
        before = before if entries is None else entries
        found.append(Import("crm", AT - timedelta(days=days), batch, before, known))
    return {"crm": found}


@pytest.mark.parametrize("days", range(41))
def test_a_declared_list_may_be_as_old_as_the_settings_say(days):
    assert bool(list_faults(_came((days, 100, 0)), DECLARED, AT)) == (days > 7)
    assert not list_faults(_came((days, 100, 0)), FeedSettings(), AT)
    assert not list_faults(_came((days, 100, 0), (0, None, 100)), DECLARED, AT)


@pytest.mark.parametrize(
    ("lists", "declared", "undeclared"),
    [
        ([], True, False),
        ([(2, 1000, 0), (1, 980, 980)], False, False),
        ([(2, 1000, 0), (1, 979, 979)], True, True),
        ([(2, 1000, 0), (1, 900, 900)], True, True),
        ([(2, 1000, 0), (1, 0, 0)], True, True),
        # what is new only is no shorter copy, unless the source must bring all of it
        ([(2, 1000, 0), (1, 30, 2)], True, False),
        ([(3, 1000, 0), (2, 30, 2), (1, 1030, 1000), (0, 1009, 1009)], True, True),
        # the same short file again changes nothing; a whole one, or somebody's word, does
        ([(3, 1000, 0), (2, 900, 900), (1, 900, 900)], True, True),
        ([(3, 1000, 0), (2, 900, 900), (1, 985, 950)], False, False),
        ([(3, 1000, 0), (2, 900, 900), (1, None, 900)], False, False),
        ([(3, 1000, 0), (2, 900, 900), (1, None, 900), (0, 870, 870)], True, True),
    ],
)
def test_a_list_that_was_cut_off_is_noticed(lists, declared, undeclared):
    came = _came(*lists) if lists else {}
    assert bool(list_faults(came, DECLARED, AT)) == declared
    assert bool(list_faults(came, FeedSettings(), AT)) == undeclared
    partial = FeedSettings(suppressions={"crm": SuppressionFeed(is_partial=True)})
    assert bool(list_faults(came, partial, AT)) == (not lists)


def test_it_says_what_to_do_and_a_confirmation_ends_it(home):
    for days, entries in ((2, 100), (1, 90)):
        with Ledger(home.ledger) as ledger:
            imports.note(ledger, Import("crm", AT - timedelta(days), "b", entries, entries))
    said = r"crm has 90 entries and had 100.*suppress confirm"
    with Ledger(home.ledger) as ledger, pytest.raises(RefusedError, match=said):
        check_lists(ledger, FeedSettings(), AT)
    with pytest.raises(UsageError, match="no suppression list came from 'other'"):
        run_confirm(home, "other", is_ledger=False)
    run_confirm(home, "crm", is_ledger=False)
    with Ledger(home.ledger) as ledger:
        check_lists(ledger, FeedSettings(), AT)


def test_an_older_copy_of_the_ledger_is_refused_until_somebody_confirms_it(home):
    with Ledger(home.ledger) as ledger:
        audit.append(ledger, AT, "claimed", claim="0")
        audit.append(ledger, AT, "claimed", claim="1")
        check_ledger(ledger)
        ledger.execute("UPDATE audit_head SET number = 1")
        with pytest.raises(RefusedError, match="older copy than the audit log"):
            check_ledger(ledger)
        # whoever writes goes on with the log; that alone settles nothing
        audit.append(ledger, AT, "claimed", claim="2")
        with pytest.raises(RefusedError, match="older copy"):
            check_ledger(ledger)
    run_confirm(home, None, is_ledger=True)
    with Ledger(home.ledger) as ledger:
        check_ledger(ledger)


def _publish(home, ledger):
    """Put a store with the ledger's suppressions where the published one is looked for."""
    path = home.snapshots / "leads-one.duckdb"
    home.snapshots.mkdir(exist_ok=True)
    with Database.open(path, read_only=False) as db:
        create_tables(db)
        for _ in range(2):  # the second time nothing is new
            bring_suppressions(db, ledger, tag_scheme(home.secret()))
        rows = db.frame("SELECT number, suppression_id, tag FROM suppression ORDER BY number")
    home.current.unlink(missing_ok=True)
    home.current.symlink_to(path)
    return rows


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM suppressed_point WHERE number = 3", "gone"),
        ("DELETE FROM suppressed_point WHERE number = 1", "gone"),
        ("UPDATE suppressed_point SET channel = 'email' WHERE number = 2", "not those"),
        ("UPDATE suppressed_point SET key = zeroblob(32) WHERE number = 2", "not those"),
        ("UPDATE suppressed_point SET until = '2020-01-01T00:00:00' WHERE number = 1", "not those"),
    ],
)
def test_the_published_copy_must_be_the_ledgers(home, damage, said):
    run_suppress(home, ["a@x.example", "b@x.example"], channel=None, reason="r")
    with Ledger(home.ledger) as ledger:
        assert _publish(home, ledger)["number"].to_list() == [1, 2]
    run_suppress(home, ["c@x.example"], channel=None, reason="r")
    with Ledger(home.ledger) as ledger:
        check_suppressions(home, ledger)
        rows = _publish(home, ledger)
        assert rows["number"].to_list() == [1, 2, 3]
        assert rows["tag"].null_count() == 0
        assert rows["suppression_id"].to_list() == [
            name for (name,) in ledger.rows("SELECT suppression_id FROM suppression ORDER BY rowid")
        ]
        check_suppressions(home, ledger)
        ledger.execute(damage)
        with pytest.raises(RefusedError, match=said):
            check_suppressions(home, ledger)
    with pytest.raises(RefusedError, match=said):
        run_nightly(home)


def test_a_point_is_looked_up_as_a_lead_is(home):
    points = ["jo.e+x@gmail.com", "acme.example", "+31 20 123 4567"]
    run_suppress(home, points, channel="phone", reason="asked")
    asked = {
        "joe@googlemail.com": True,
        "JO.E@gmail.com": True,
        "joe@gmail.example": False,
        "eve@sales.acme.example": True,
        "eve@acme.example.com": False,
        "sub.acme.example": True,
        "+31201234567": True,
        "+31201234568": False,
    }
    found = check_points(home, asked)
    assert {one["given"]: one["is_suppressed"] for one in found} == asked
    assert found[0]["entries"][0]["reason"] == "asked"
