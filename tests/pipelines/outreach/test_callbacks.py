"""Who asked to be contacted again is, at that time, before the recontact interval has passed."""

from datetime import timedelta

import pytest

from tests.pipelines.outreach.worlds import AT, add, claim_of, leads_of

ASKED = AT - timedelta(days=3)
FIRST = 15  # of those to be called


def _asks(snapshot, later=AT - timedelta(hours=1), channel="phone", at=ASKED, **more):
    facts = {"attempt_id": f"{at}{channel}", "lead_key": FIRST, "channel": channel}
    facts |= {"at": at, "disposition": "callback_at", "callback_at": later}
    add(snapshot, "contact_attempt", **(facts | more))


def _called(ledger, snapshot, listed, **changes):
    lane = {"channel": "phone", "handler": "human", "count": 9}
    return FIRST in leads_of(claim_of(ledger, snapshot, listed, **(lane | changes)))


@pytest.mark.parametrize("channel", ["phone", "ai_voice", "email"])
def test_who_asked_is_called_at_that_time_whatever_the_interval(ledger, snapshot, listed, channel):
    _asks(snapshot, channel=channel)
    assert _called(ledger, snapshot, listed)


def test_nobody_is_called_before_the_time_they_asked_for(ledger, snapshot, listed):
    _asks(snapshot, later=AT + timedelta(minutes=1))
    assert not _called(ledger, snapshot, listed)
    assert _called(ledger, snapshot, listed, at=AT + timedelta(minutes=2))


@pytest.mark.parametrize(
    "more",
    [
        {"disposition": "no_answer"},
        {"later": None},
        {"later": ASKED},
        {"later": ASKED - timedelta(days=1)},
    ],
)
def test_what_asks_for_nothing_waives_nothing(ledger, snapshot, listed, more):
    _asks(snapshot, **more)
    assert not _called(ledger, snapshot, listed)


def test_who_was_called_back_waits_for_the_interval_again(ledger, snapshot, listed):
    _asks(snapshot)
    _asks(
        snapshot, channel="sms", at=ASKED + timedelta(days=1), disposition="no_answer", later=None
    )
    assert not _called(ledger, snapshot, listed)


def test_it_opens_the_channel_they_asked_on_and_no_other(ledger, snapshot, listed):
    _asks(snapshot, lead_key=0)
    assert 0 not in leads_of(claim_of(ledger, snapshot, listed))
    _asks(snapshot, lead_key=0, channel="email", at=ASKED + timedelta(minutes=1))
    assert 0 in leads_of(claim_of(ledger, snapshot, listed))


def test_what_somebody_asked_who_was_one_person_with_them_is_not_theirs(ledger, snapshot, listed):
    _asks(snapshot, lead_key=0)
    for lead in (0, FIRST):
        add(snapshot, "bound_lead", group_key=1, lead_key=lead, reason="split")
    assert not _called(ledger, snapshot, listed)


@pytest.mark.parametrize("said", ["opted_out", "complaint", "wrong_number"])
def test_a_call_back_never_passes_a_no(ledger, snapshot, listed, said):
    _asks(snapshot)
    _asks(snapshot, at=ASKED - timedelta(days=9), disposition=said, later=None)
    assert not _called(ledger, snapshot, listed)


def test_the_yearly_cap_holds_all_the_same(ledger, snapshot, listed):
    _asks(snapshot)
    for days in (40, 50):
        _asks(snapshot, at=AT - timedelta(days=days), disposition="no_answer", later=None)
    assert not _called(ledger, snapshot, listed)


def test_the_call_window_holds_all_the_same(ledger, snapshot, listed):
    _asks(snapshot)
    assert not _called(ledger, snapshot, listed, clear=lambda row, at: None)
