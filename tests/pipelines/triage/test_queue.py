"""The queues of people: everybody in one, stable, and hard and easy mixed."""

from datetime import datetime
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.outreach import Lane
from pipelines.settings.routing import RoutingSettings
from pipelines.settings.selection import SelectionSettings, ValueSettings
from pipelines.triage import decide, lanes_of
from pipelines.triage.route.queue import in_turn, queued
from tests.pipelines.triage.people import fill_store


def _longest(flags):
    longest = row = 0
    for one in flags:
        row = row + 1 if one else 0
        longest = max(longest, row)
    return longest


@given(is_hard=st.lists(st.booleans(), max_size=30), most=st.integers(1, 4))
def test_never_too_many_hard_ones_in_a_row_where_the_easy_ones_suffice(is_hard, most):
    order = in_turn(is_hard, most)
    assert sorted(order) == list(range(len(is_hard)))
    for kind in (True, False):  # among their own in the order of rank
        places = [place for place in order if is_hard[place] is kind]
        assert all(one < next_one for one, next_one in pairwise(places))
    if sum(is_hard) <= most * (len(is_hard) - sum(is_hard) + 1):
        assert _longest(is_hard[place] for place in order) <= most


@pytest.mark.parametrize("most", [1, 3])
def test_each_person_has_a_mixed_queue(db, most):
    people = [
        {"person_key": key, "probability": 0.5 - key / 100, "raw_score": 0.0,
         "open": {"phone", "email"}, "language": "nl" if key % 2 else "de"}
        for key in range(40)
    ]  # fmt: skip
    fill_store(db, people)
    db.run("CREATE TABLE lead_custom_s (lead_key BIGINT, open_cases INTEGER)")
    db.run("INSERT INTO lead_custom_s SELECT i, 1 FROM range(8) AS t(i)")
    chosen = SelectionSettings(
        people=[
            {"name": "Anna", "minutes": 120, "languages": ["nl"]},
            {"name": "Bo", "minutes": 60, "channels": ["phone", "email"], "languages": ["de"]},
        ],
        routing={"hard_in_a_row": most, "hard_share": 0.1},
    )
    lanes = lanes_of({"email": {"ai": 20}}, ValueSettings(), chosen)
    for _ in range(2):  # and again the same
        decide(db, run_id="r", lanes=lanes, value=None, chosen=chosen, as_of=datetime(2026, 3, 2))
        queue = db.frame("SELECT * FROM queue ORDER BY person_name, position")
        listed = db.frame("SELECT lead_key, assignee FROM decision WHERE handler = 'human'")
        assert dict(queue.select("lead_key", "person_name").rows()) == dict(listed.rows())
        for name, part in queue.group_by("person_name"):
            assert part["position"].to_list() == list(range(1, part.height + 1))
            assert _longest(part["is_hard"]) <= most, name
        hard = set(queue.filter("is_hard")["lead_key"])
        assert hard >= set(range(8)) & set(queue["lead_key"])
        minutes = queue.group_by("person_name").agg(queue["minutes"].sum()).height
        assert minutes == 2
        why = dict(queue.select("lead_key", "why").rows())
        assert "has an open case" in why[0]


MINUTES = {"phone": 10.0, "email": 5.0}


def _queue(probability, channel=None, is_hard=None, **routing):
    count = len(probability)
    waiting = pl.DataFrame(
        {
            "lead_key": range(count),
            "person_key": range(count),
            "channel": channel or ["phone"] * count,
            "assignee": "Anna",
            "rank": range(1, count + 1),
            "probability": pl.Series(probability, dtype=pl.Float64),
            "slice": "exploit",
            "is_hard_by_rule": is_hard or [False] * count,
            "reasons": pl.Series([None] * count, dtype=pl.String),
        }
    )
    return queued(waiting, "r", RoutingSettings.model_validate(routing), MINUTES)


@pytest.mark.parametrize(
    ("probability", "share", "hard"),
    [
        ([0.3] * 90 + [0.1] * 10, 0.25, range(25)),  # of equals the best
        ([0.1] * 10 + [0.3] * 90, 0.25, range(10, 35)),
        ([0.1, 0.5, None, 0.9, 0.6, None], 0.5, [1, 4]),
        ([0.1, 0.2, 0.3, None], 0.5, [2]),
        ([0.3] * 8, 0.5, []),
        ([0.3, 0.7, 0.3, 0.7], 0.5, []),
        ([0.1, 0.2], 0.0, []),
        ([0.1, 0.2], 1.0, [0, 1]),
        ([None, None], 0.5, []),
    ],
)
def test_the_least_certain_are_as_many_as_the_share_says(probability, share, hard):
    queue = _queue(probability, hard_share=share)
    assert sorted(queue.filter("is_hard")["lead_key"]) == list(hard)


def test_a_claim_of_one_channel_has_no_more_hard_ones_in_a_row_than_the_queue():
    channels = ["phone"] * 9 + ["email"] * 6 + ["phone"] * 9
    queue = _queue([None] * 24, channels, [True] * 9 + [False] * 15)
    ready = queue.select(
        "channel", "is_hard", rank="lead_key", queue_position="position", assignee="person_name",
        handler=pl.lit("human"), kin=pl.concat_list("lead_key"),
    )  # fmt: skip
    assert _longest(queue["is_hard"]) <= 3
    claimed = Lane.of(ready, "phone", "human").for_person("Anna").rows
    assert claimed.height == 18
    assert _longest(claimed["is_hard"]) <= 3


@given(
    people=st.lists(
        st.tuples(st.booleans(), st.sampled_from(["phone", "email"])), min_size=1, max_size=30
    ),
    most=st.integers(1, 4),
)
def test_every_channel_of_a_queue_stands_in_turn(people, most):
    is_hard = [one for one, _ in people]
    channels = [channel for _, channel in people]
    queue = _queue([None] * len(people), channels, is_hard, hard_in_a_row=most)
    assert sorted(queue["lead_key"]) == list(range(len(people)))
    assert queue["position"].to_list() == list(range(1, len(people) + 1))
    for channel, part in queue.group_by("channel"):
        places = [place for place, one in enumerate(channels) if one == channel[0]]
        turns = in_turn([is_hard[place] for place in places], most)
        assert part["lead_key"].to_list() == [places[turn] for turn in turns]
