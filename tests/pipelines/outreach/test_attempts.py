from contextlib import suppress
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import BadInputError
from pipelines.outreach.attempt_leads import attempt_lead
from pipelines.outreach.attempt_report import read_report
from pipelines.outreach.attempts import look_up, take, take_waiting
from pipelines.outreach.claims import Lane, Terms
from pipelines.outreach.claims import take as claim
from pipelines.outreach.clearance import Clearance
from pipelines.outreach.points import hashes
from pipelines.runs.attempts import disposition_of
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, attempts, suppressions
from tests.oracles.attempts import Oracle

START = datetime(2026, 3, 2, 12)
SECRET = b"s" * 32
CHANNELS = ("email", "phone", "sms")
DISPOSITIONS = (
    "sent", "delivered", "opened", "bounced", "no_answer", "answered", "replied", "meeting",
    "callback_at", "escalated", "opted_out", "complaint", "wrong_number", "left_company",
)  # fmt: skip
# Lead 5 is the same person as lead 0; persons 3 and 4 share a number.
LEADS = {0: [0, 5], 1: [1], 2: [2], 3: [3], 4: [4]}
POINTS = {
    lead: [f"p{lead}@firm{lead}.example", f"+1212555010{min(lead, 3) if lead < 5 else lead}"]
    for lead in range(6)
}
TERMS = Terms(timedelta(hours=24), timedelta(days=14), 2)
# Within the interval, after it, before somebody may be called back, and long after.
DAYS = st.sampled_from([0, 13, 16, 18, 30, 300])


def _row(lead):
    email, number = POINTS[lead]
    return {
        "email": email, "email_key": email, "email_domain": email.split("@")[1], "phone": None,
        "mobile": None, "phone_e164": number, "mobile_e164": None, "address": None,
    }  # fmt: skip


def _leads(lead_key, lead_name):
    lead = lead_key if lead_key is not None else int(lead_name.removeprefix("s:l"))
    return (lead, [_row(lead)]) if lead in POINTS else None


def _ready():
    rows = [
        {
            "person_key": person,
            "lead_key": leads[0],
            "rank": person + 1,
            "channel": channel,
            "handler": "ai",
            "kin": leads,
            "own": leads,
            "callbacks": None,
            "keys": sorted({key for lead in leads for key in hashes(SECRET, _row(lead))}),
            "accounts": [],
            "is_closed": False,
            "lapses_at": None,
            "approaches": [],
        }
        for channel in CHANNELS
        for person, leads in LEADS.items()
    ]
    return pl.DataFrame(rows, schema_overrides={"approaches": pl.List(pl.Datetime("us"))})


READY = _ready()


def _claim(ledger, channel, count, at):
    return claim(
        ledger,
        Lane.of(READY, channel, "ai"),
        run_id="r",
        count=count,
        at=at,
        terms=TERMS,
        clear=lambda row, when: Clearance(),
        recheck=lambda: None,
    ).rows


def _report(ledger, values, at, leads=_leads):
    meant = look_up(ledger, read_report(values, disposition_of, at), leads, at)
    return take(ledger, SECRET, meant, at)


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


_STEP = st.one_of(
    st.tuples(st.just("claim"), st.sampled_from(CHANNELS), st.integers(1, 3)),
    st.tuples(
        st.just("report"),
        st.integers(0, 5),
        st.sampled_from(CHANNELS),
        st.sampled_from(DISPOSITIONS),
        DAYS,
        st.integers(0, 20),
    ),
    st.tuples(st.just("answer"), st.integers(0, 9), st.sampled_from(DISPOSITIONS), DAYS),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.sampled_from([1, 23, 100, 24 * 13, 24 * 15, 24 * 200])),
)


@settings(max_examples=25)
@given(steps=st.lists(_STEP, min_size=12, max_size=25))
def test_any_order_of_claims_and_reports_hands_out_whom_the_history_allows(steps, tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("attempts")).ensure()
    oracle = Oracle(LEADS, POINTS, TERMS.pause, TERMS.attempts_a_year, TERMS.lease)
    made, told, now = [], [], START
    with Ledger(home.ledger) as ledger:
        for step in steps:
            now += timedelta(seconds=1)
            if step[0] == "wait":
                now += timedelta(hours=step[1])
            elif step[0] == "claim":
                rows = _claim(ledger, step[1], step[2], now)
                expected = oracle.claim(step[1], step[2], now)
                assert [row["person_key"] for row in rows] == expected
                made += rows
            elif step[0] == "report":
                _, lead, channel, disposition, days, number = step
                when = now - timedelta(days=days)
                told.append(
                    (
                        {"lead": f"s:l{lead}", "channel": channel, "at": f"{when.isoformat()}Z",
                         "attempt_id": f"a{number}"},
                        lead, channel, disposition, when, f"a{number}",
                    )
                )  # fmt: skip
                _tell(ledger, oracle, *told[-1], now)
            elif step[0] == "answer" and made:
                row, when = made[step[1] % len(made)], now - timedelta(days=step[3])
                told.append(
                    ({"claim_id": row["claim_id"], "attempt_id": f"c{len(told)}",
                      "at": when.isoformat()},
                     row["lead_key"], row["channel"], step[2], when, f"c{len(told)}")
                )  # fmt: skip
                _end(oracle, row, step[2], when)
                _tell(ledger, oracle, *told[-1], now)
            elif step[0] == "again" and told:
                _tell(ledger, oracle, *told[step[1] % len(told)], now)
            for channel in CHANNELS:
                allowed = [one for one in LEADS if oracle.available(one, channel, now)]
                assert _would_leave(ledger, channel, now) == allowed


def _would_leave(ledger, channel, at):
    """Claim everybody, and undo it."""
    left = []
    with suppress(_UndoError), ledger.transaction():
        left = [row["person_key"] for row in _claim(ledger, channel, 9, at)]
        raise _UndoError
    return left


class _UndoError(Exception):
    pass


def _tell(ledger, oracle, values, lead, channel, disposition, when, name, now):
    # within the recontact interval, or after it
    later = timedelta(days=3 if lead in (0, 2, 5) else 20)
    callback = when + later if disposition == "callback_at" else None
    given = values | {"disposition": disposition}
    given |= {"callback_at": callback.isoformat()} if callback else {}
    _report(ledger, given, now)
    oracle.report(
        {"id": name, "lead": lead, "channel": channel, "at": when, "disposition": disposition,
         "callback_at": callback}
    )  # fmt: skip


def _end(oracle, row, disposition, when):
    """A report that names a claim ends that very claim, whichever came since."""
    if disposition not in ("sent", "delivered", "opened", "callback_at", "escalated"):
        for one in oracle.claims:
            of_row = (one["person"], one["channel"]) == (row["person_key"], row["channel"])
            if of_row and one["at"] <= when and one["at"] + TERMS.lease == row["expires_at"]:
                one["ended"] = True


def test_the_same_report_is_taken_once_by_its_id_or_by_what_it_says(ledger):
    row = _claim(ledger, "email", 1, START)[0]
    by_content = {"claim_id": row["claim_id"], "disposition": "no_answer"}
    later = START + timedelta(minutes=5)
    assert _report(ledger, by_content, START).outcome == "recorded"
    assert _report(ledger, by_content, later).outcome == "duplicate"
    by_id = by_content | {"attempt_id": "m1", "disposition": "sent"}
    assert _report(ledger, by_id, START).outcome == "recorded"
    assert _report(ledger, by_id, later).outcome == "duplicate"
    assert _report(ledger, by_id | {"disposition": "bounced"}, later).outcome == "updated"
    assert _report(ledger, by_id | {"disposition": "opened"}, later).outcome == "kept"
    assert attempts.counts(ledger)["attempts"] == 2


def test_one_id_of_two_people_is_two_attempts(ledger):
    one = {"lead": "s:l1", "channel": "email", "attempt_id": "7", "disposition": "sent"}
    assert _report(ledger, one, START).attempt_id == "7"
    other = one | {"lead": "s:l2", "disposition": "opted_out"}
    assert _report(ledger, other, START).attempt_id == "7/2"
    assert _report(ledger, other, START).outcome == "duplicate"


def test_a_lead_that_comes_later_gets_its_attempt_and_what_it_closes(ledger):
    report = {"lead": "s:l1", "channel": "email", "attempt_id": "7", "disposition": "opted_out"}
    taken = _report(ledger, report, START, leads=lambda key, name: None)
    assert taken.aside is not None
    assert suppressions.count(ledger) == 0
    assert take_waiting(ledger, SECRET, _leads, START) == 1
    assert take_waiting(ledger, SECRET, _leads, START) == 0
    assert suppressions.count(ledger) == 2


def test_an_unclaimed_attempt_is_told_from_one_of_a_claim(ledger):
    row = _claim(ledger, "email", 1, START)[0]
    report = {"lead": f"s:l{row['lead_key']}", "channel": "email", "disposition": "replied"}
    after = _report(ledger, report | {"attempt_id": "1"}, START + timedelta(minutes=1))
    before = _report(ledger, report | {"attempt_id": "2", "at": "2026-01-01"}, START)
    elsewhere = _report(ledger, report | {"attempt_id": "3", "channel": "mail"}, START)
    assert [one.is_unclaimed for one in (after, before, elsewhere)] == [False, True, True]
    assert attempts.counts(ledger)["unclaimed"] == 2


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"disposition": "sent"}, "nothing says who"),
        ({"disposition": "sent", "lead": "s:l1", "at": "2026-01-01"}, "no channel"),
        ({"disposition": "sent", "lead": "s:l1", "channel": "email"}, "neither claim_id"),
        ({"disposition": "sent", "lead": "zoe@x.example", "channel": "email"}, "lead cannot"),
        ({"disposition": "sent", "lead": "s:zoe@x.example", "channel": "email"}, "lead cannot"),
        ({"disposition": "sent", "claim_id": "0" * 31}, "claim_id cannot"),
        ({"disposition": "sent", "claim_id": "0" * 32, "channel": "fax"}, "unknown channel"),
        ({"disposition": "sent", "claim_id": "0" * 32, "handler": "x"}, "unknown handler"),
        ({"disposition": "sent", "claim_id": "0" * 32, "at": "soon"}, "at cannot be read"),
        ({"disposition": "sent", "claim_id": "0" * 32, "at": "2026-03-03"}, "still to come"),
        ({"disposition": "sent", "claim_id": "0" * 32, "at": ["x"]}, "neither text"),
        ({"disposition": "sent", "claim_id": "0" * 32, "note_ref": "call Zoe"}, "note_ref"),
        ({"disposition": "callback_at", "claim_id": "0" * 32}, "does not say when"),
        ({"disposition": "met at the fair", "claim_id": "0" * 32}, "unknown disposition"),
        ({"claim_id": "0" * 32}, "no disposition"),
        ({"disposition": "sent", "lead_key": "1e3", "channel": "email"}, "lead_key is no"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_repeating_it(values, found):
    with pytest.raises(BadInputError) as error:
        read_report(values, disposition_of, START)
    assert found in str(error.value)
    assert "zoe" not in str(error.value).lower()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("No answer", "no_answer"),
        ("wrong-number", "wrong_number"),
        ("UNSUBSCRIBED", "opted_out"),
        ("Please unsubscribe me", "opted_out"),
        ("spam complaint", "complaint"),
        ("sunny", None),
    ],
)
def test_dispositions_are_known_in_the_words_of_files(text, word):
    assert disposition_of(text) == word


def test_the_points_of_a_lead_are_those_it_has_and_those_it_had(db):
    db.run(
        "INSERT INTO lead BY NAME SELECT 7 AS lead_key, 's' AS source_system, 'x:7' AS source_id,"
        " 'a@x.example' AS own_email, 'a@x.example' AS own_email_key, '+12125550100' AS phone_e164"
    )
    db.run("INSERT INTO lead_snapshot BY NAME SELECT 7 AS lead_key, 'b@x.example' AS email_key")
    for found in (attempt_lead(db, 7, None), attempt_lead(db, None, "s:x:7")):
        assert found is not None
        assert found[0] == 7
        assert [row["email_key"] for row in found[1]] == ["a@x.example", "b@x.example"]
    assert attempt_lead(db, 8, None) is None
    assert attempt_lead(db, None, "s:7") is None
