"""What a claim carries: the order of queues, where people stand with us, what can be said."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.outreach import Lane
from pipelines.outreach.handover import to_their_face
from pipelines.outreach.variants import draw_variant
from pipelines.settings.variants import Campaign
from tests.pipelines.outreach.worlds import AT, add, leads_of, list_of, ready_of, say, take_of

CALLS = {"channel": "phone", "handler": "human"}


def test_people_are_handed_their_queue_in_its_order(ledger, snapshot):
    listed = list_of().with_columns(
        queue_position=pl.Series([None] * 15 + [3, 1, 2, 1, 2]),
        assignee=pl.Series([None] * 15 + ["Anna", "Anna", "Anna", "Bo", "Bo"]),
    )
    ready = ready_of(snapshot, listed)
    lane = Lane.of(ready, **CALLS)
    assert lane.for_person("Anna").rows["lead_key"].to_list() == [16, 17, 15]
    assert lane.for_person("Bo").rows["lead_key"].to_list() == [18, 19]
    assert lane.for_person("Cem").rows.is_empty()
    assert leads_of(take_of(ledger, ready, 3, **CALLS)) == [16, 18, 17]
    # What the AI gets stands in order of rank.
    assert leads_of(take_of(ledger, ready, 2)) == [0, 1]


def test_where_somebody_stands_with_us(snapshot, listed):
    at = AT - timedelta(days=40)
    add(snapshot, "activity", activity_id="a1", lead_key=1, channel="form", direction="in", at=at,
        campaign_id="spring")  # fmt: skip
    add(snapshot, "activity", activity_id="a2", lead_key=1, channel="call", direction="out",
        at=at + timedelta(days=1), duration_s=300)  # fmt: skip
    add(snapshot, "outcome", outcome_id="o1", lead_key=2, milestone="won", occurred_at=at)
    say(
        snapshot,
        'CREATE TABLE lead_custom_s (lead_key BIGINT, "Product interest" VARCHAR)',
        "INSERT INTO lead_custom_s VALUES (1, ' Solar '), (3, '')",
    )
    rows = {row["lead_key"]: row for row in ready_of(snapshot, listed).to_dicts()}
    segments = [rows[lead]["segment"] for lead in (0, 1, 2)]
    assert segments == ["cold", "re-engage", "former customer"]
    assert (rows[1]["product"], rows[1]["campaign"]) == ("Solar", "spring")
    assert rows[3]["product"] is None
    assert to_their_face(rows[1]) == [
        "You sent us a form on 23 November 2025",
        "We spoke on 24 November 2025",
        "You were interested in Solar",
    ]
    assert to_their_face(rows[2])[0] == "You have been a customer of ours"


def test_nothing_that_a_model_says_is_said_to_anybodys_face():
    told = {"words": ["small company", "older than others"], "probability": 0.4, "segment": "cold"}
    assert to_their_face(told) == []
    told |= {"known_since": datetime(2024, 3, 9), "lead_source": "Fair"}
    assert to_their_face(told) == [
        "Your details came to us through Fair",
        "We have known of you since March 2024",
    ]


@pytest.mark.parametrize(
    ("why", "more", "said"),
    [
        ("passed on to a person", {}, ["We said that one of us would get in touch with you"]),
        ("came to us by a form", {}, ["You got in touch with us on 9 March 2026"]),
        ("came to us by a form", {"last_in_at": datetime(2026, 3, 9), "last_in_channel": "form"},
         ["You sent us a form on 9 March 2026"]),
        ("wrote or called us", {"last_in_at": datetime(2026, 3, 2), "last_in_channel": "call"},
         ["You got in touch with us on 9 March 2026", "You called us on 2 March 2026"]),
    ],
)  # fmt: skip
def test_nobody_is_told_that_they_did_what_is_not_known(why, more, said):
    row = {"why_first": why, "came_at": datetime(2026, 3, 9), **more}
    assert to_their_face(row) == said


@pytest.mark.parametrize(
    "source",
    ["Purchased List", "bought list web", "Rented list", "Web scrape", "Cold call", "Paid Search",
     "Partner Referral", "Webinar attendee list", "Fertility fair", "Church event",
     "Debt advice website", "zoominfo", "-",
     "Former customers", "Partner website"],
)  # fmt: skip
def test_a_source_that_is_not_their_own_doing_is_not_said(source):
    assert to_their_face({"lead_source": source}) == []


@pytest.mark.parametrize("source", ["Web", "Trade Show", "Webinar", "Phone Inquiry", "Web forms"])
def test_a_source_that_is_their_own_doing_is_said(source):
    assert to_their_face({"lead_source": source}) == [f"Your details came to us through {source}"]


@pytest.mark.parametrize(
    ("product", "is_said"),
    [("Solar", True), ("Rental car", True), ("Fertility treatment", False), ("DebtRelief", False),
     ("Health insurance", False), ("Trade union legal cover", False), ("sexual wellness", False),
     ("Pregnancy test", False), ("Religious travel", False), ("upsell_segment_3", False)],
)  # fmt: skip
def test_a_product_that_is_internal_or_touchy_is_not_said(product, is_said):
    said = [f"You were interested in {product}"]
    assert to_their_face({"product": product}) == (said if is_said else [])


def test_variants_are_drawn_as_often_as_they_weigh_and_are_kept():
    one = Campaign(campaign="c", weights={"a": 1, "b": 3}, channels=["email"])
    rows = [
        {"channel": "email", "handler": "ai", "source_system": "s", "source_id": str(n)}
        for n in range(2_000)
    ]
    drawn = [draw_variant(b"k" * 32, [one], row)["variant"] for row in rows]
    assert 430 < drawn.count("a") < 570
    assert drawn == [draw_variant(b"k" * 32, [one], row)["variant"] for row in rows]
    assert draw_variant(b"k" * 32, [one], rows[0] | {"channel": "sms"}) is None
