"""Values and ranges in words that people say."""

import pytest

from features.registry import REGISTRY
from features.words import say, say_range

FEATURES = {feature.name: feature for feature in REGISTRY}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("days_since_last_inbound", 0, "last heard from less than a day ago"),
        ("days_since_last_inbound", 1, "last heard from 1 day ago"),
        ("days_since_last_inbound", 10, "last heard from 10 days ago"),
        ("days_to_first_activity", 0, "first activity less than a day after creation"),
        ("lead_age_days", float("nan"), "creation date not known"),
        ("inbound_share", 0, "none of the activities came from the lead"),
    ],
)
def test_values(name, value, words):
    assert say(FEATURES[name], value) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (None, 1, "those"),  # the sentence has said "less than a day ago"
        (3, 4, "those"),
        (3, 8, "those with 3 to 7 days"),
        (None, 8, "those below 8 days"),
        (8, None, "those with 8 days or more"),
    ],
)
def test_ranges(low, high, words):
    assert say_range(FEATURES["days_since_last_inbound"], low, high) == words
