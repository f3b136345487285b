"""How often anybody may be approached, and who is held back, as a claim asks it."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.outreach import ready_list
from pipelines.outreach.ready import Night
from pipelines.settings.control_group import ControlGroup
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database
from pipelines.store.ledger import attempts
from tests.pipelines.outreach.worlds import (
    AT,
    MIDNIGHT,
    PEOPLE,
    SECRET,
    TERMS,
    add,
    leads_of,
    publish,
    ready_of,
    say,
    take_of,
)

EMAILED = list(range(PEOPLE - 5))
FLORIDA = tuple(load_policy().daily_caps.values())
NO_PAUSE = replace(TERMS, pause=timedelta(0), attempts_a_year=1_000)


def _report(ledger, lead, number, at, channel="phone", handler="human"):
    attempt = attempts.Attempt(
        f"a{lead}/{number}", None, lead, None, channel, handler, at, "no_answer", None, None, True
    )
    with ledger.transaction():
        attempts.record(ledger, attempt, at)


@pytest.mark.parametrize(
    ("state", "is_out"), [("US-FL", True), ("US-OK", True), (None, True), ("US-TX", False)]
)
def test_three_a_day_by_whomever_is_all_where_the_law_says_so(
    ledger, tmp_path, listed, state, is_out
):
    snapshot = publish(tmp_path / "store.duckdb", state_code=pl.lit(state))
    add(
        snapshot,
        "activity",
        activity_id="x",
        lead_key=0,
        channel="email",
        direction="out",
        at=AT - timedelta(hours=23),
    )
    ready = ready_of(snapshot, listed)
    terms = replace(NO_PAUSE, daily_caps=FLORIDA)
    _report(ledger, 0, 1, AT - timedelta(hours=3), "sms", "ai")
    # of another person the third is a second too old
    for number, ago in enumerate((24 * 3600 + 1, 7200, 3600)):
        _report(ledger, 1, number, AT - timedelta(seconds=ago))
    assert leads_of(take_of(ledger, ready, 2, terms=terms)) == [0, 1]
    ledger.execute("DELETE FROM claim")
    _report(ledger, 0, 2, AT - timedelta(hours=1))
    got = leads_of(take_of(ledger, ready, 2, terms=terms))
    assert got == ([1, 2] if is_out else [0, 1])


def test_what_is_enough_for_a_life_counts_what_the_list_does_not_show(ledger, snapshot, listed):
    for year in range(2010, 2018):
        add(
            snapshot,
            "contact_attempt",
            attempt_id=f"y{year}",
            lead_key=0,
            channel="mail",
            at=datetime(year, 1, 1),
            disposition="sent",
        )
    ready = ready_of(snapshot, listed)
    terms = replace(NO_PAUSE, attempts_ever=10)
    _report(ledger, 0, 1, AT - timedelta(days=20))
    assert leads_of(take_of(ledger, ready, 1, terms=terms)) == [0]
    ledger.execute("DELETE FROM claim")
    _report(ledger, 0, 2, AT - timedelta(days=19))
    assert leads_of(take_of(ledger, ready, 1, terms=terms)) == [1]
    # the same attempt, once merged into the file, does not count twice
    assert leads_of(take_of(ledger, ready, 20, terms=replace(terms, attempts_ever=0))) == [
        0,
        *EMAILED[2:],
    ]


def test_approaches_before_the_last_touches_count_too(ledger, snapshot, listed):
    """Only answers are left to be read one by one; what they answered counts all the same."""
    touch = {"lead_key": 0, "channel": "email"}
    for n in range(8):
        way, year = ("out", 2020) if n < 2 else ("in", 2023)
        at = datetime(year, 1, n + 1)
        add(snapshot, "activity", activity_id=f"a{n}", direction=way, at=at, **touch)
    ready = ready_of(snapshot, listed)
    assert leads_of(take_of(ledger, ready, 1, terms=replace(NO_PAUSE, attempts_ever=2))) == [1]
    assert leads_of(take_of(ledger, ready, 1, terms=replace(NO_PAUSE, attempts_ever=3))) == [0]


def test_rows_that_left_as_a_file_count_for_every_cap(ledger, snapshot, listed):
    ready = ready_of(snapshot, listed)
    terms = replace(NO_PAUSE, attempts_a_year=2, lease=timedelta(hours=1))
    for days in (0, 1):
        handed = take_of(
            ledger,
            ready,
            1,
            terms=replace(terms, is_export=True),
            at=AT + timedelta(days=days),
        )
        assert leads_of(handed) == [0]
    assert leads_of(take_of(ledger, ready, 1, terms=terms, at=AT + timedelta(days=2))) == [1]


def _drawn(control, lead):
    name = f"{control.draw}/s/id{lead}".encode()
    number = int.from_bytes(hashlib.md5(name).digest()[:8], "big")  # noqa: S324
    return number < control.share * 2**64


def _ready(snapshot, listed, control):
    with Database.open(snapshot, read_only=True) as db:
        return ready_list(
            db,
            listed,
            Night("r1", MIDNIGHT, MIDNIGHT + timedelta(hours=3)),
            secret=SECRET,
            policy=load_policy(),
            feeds=FeedSettings(customers="none"),
            at=AT,
            control=control,
        )


def test_who_is_drawn_never_leaves_whatever_the_night_said(ledger, snapshot, listed):
    control = ControlGroup(share=0.3, draw="d")
    held = [lead for lead in EMAILED if _drawn(control, lead)]
    free = [lead for lead in EMAILED if lead not in held]
    assert 1 <= len(held) <= 10
    got = leads_of(take_of(ledger, _ready(snapshot, listed, control), 20))
    assert got == free


@pytest.mark.parametrize("how", ["merged", "split"])
def test_a_merge_or_split_after_the_night_lets_nobody_out(ledger, snapshot, listed, how):
    control = ControlGroup(share=0.3, draw="d")
    held = next(lead for lead in EMAILED if _drawn(control, lead))
    free = next(lead for lead in EMAILED if not _drawn(control, lead))
    if how == "merged":
        say(snapshot, f"UPDATE dedupe_link SET person_key = {free} WHERE lead_key = {held}")
    else:
        say(
            snapshot,
            "INSERT INTO bound_lead (group_key, lead_key, reason)"
            f" VALUES (1, {held}, 'split'), (1, {free}, 'split')",
        )
    got = leads_of(take_of(ledger, _ready(snapshot, listed, control), 20))
    assert free not in got
    assert held not in got


def test_who_came_to_us_lately_is_answered(ledger, snapshot, listed):
    control = ControlGroup(share=0.3, draw="d", inbound_days=30)
    first, second = [lead for lead in EMAILED if _drawn(control, lead)][:2]
    for lead, days in ((first, 29), (second, 31)):
        add(
            snapshot,
            "activity",
            activity_id=f"i{lead}",
            lead_key=lead,
            channel="form",
            direction="in",
            at=AT - timedelta(days=days),
        )
    got = leads_of(take_of(ledger, _ready(snapshot, listed, control), 20))
    assert first in got
    assert second not in got
