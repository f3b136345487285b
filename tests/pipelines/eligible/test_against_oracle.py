"""The SQL agrees with the plain Python twin in tests/oracles."""

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.eligible import Reason
from tests.oracles.eligibility import Eligibility
from tests.pipelines.eligible.comparison import (
    CHANNELS,
    CONTROL,
    FEEDS,
    POLICIES,
    SECRETS,
    Case,
    agrees,
    found,
)
from tests.pipelines.eligible.random_worlds import random_world
from tests.pipelines.eligible.worlds import AS_OF, store


@settings(suppress_health_check=list(HealthCheck))
@given(
    random=st.randoms(use_true_random=False),
    leads=st.integers(1, 8),
    policy=st.sampled_from(sorted(POLICIES)),
    feeds=st.sampled_from(sorted(FEEDS)),
)
def test_small_worlds_agree(random: Random, leads: int, policy: str, feeds: str) -> None:
    rows = random_world(random, leads)
    expected = Eligibility(rows, POLICIES[policy], FEEDS[feeds], AS_OF, SECRETS, CONTROL).verdicts()
    with store(rows) as db:
        assert found(db, POLICIES[policy], FEEDS[feeds]) == expected


def test_larger_worlds_agree(corpus: tuple[Case, ...]) -> None:
    assert agrees(corpus)


def test_the_corpus_meets_every_reason_and_opens_every_channel(corpus: tuple[Case, ...]) -> None:
    verdicts = [verdict for *_, expected in corpus for _, verdict in expected.values()]
    seen = {reason for verdict in verdicts for reasons in verdict.values() for reason in reasons}
    assert seen == {reason.name for reason in Reason} - {"DUPLICATE_OF"}  # triage's own
    opened = {c for verdict in verdicts for c, reasons in verdict.items() if not reasons}
    assert opened == {*CHANNELS}
