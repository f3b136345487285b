"""Worlds large enough that every rule decides something in one of them."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.oracles.eligibility import Eligibility
from tests.pipelines.eligible.comparison import CONTROL, FEEDS, POLICIES, SECRETS, Case
from tests.pipelines.eligible.consent_world import consent_world
from tests.pipelines.eligible.held_world import held_world
from tests.pipelines.eligible.listed_world import listed_world
from tests.pipelines.eligible.random_worlds import (
    mobile_world,
    random_world,
    rare_world,
    stale_world,
)
from tests.pipelines.eligible.worlds import AS_OF, store


@pytest.fixture(scope="session")
def corpus() -> Iterator[tuple[Case, ...]]:
    """Stores with their verdicts by the oracle; tests may evaluate them as often as they like."""
    kinds = [
        ("shipped", "none", 350, 230),
        ("odd", "none", 250, 120),
        ("shipped", "required", 100, 20),
        *[("shipped", "required", 15, 2)] * 4,
    ]
    worlds = [
        (random_world(Random(seed), leads, spread=spread), policy, feeds)  # noqa: S311 - a test
        for seed, (policy, feeds, leads, spread) in enumerate(kinds)
    ]
    worlds += [
        (mobile_world(), "odd", "none"),
        (rare_world(), "shipped", "none"),
        (held_world(), "shipped", "none"),
        (consent_world(), "shipped", "none"),
        (listed_world(), "shipped", "none"),
        (stale_world(), "shipped", "required"),
    ]
    cases = tuple(
        (
            store(rows),
            p,
            f,
            Eligibility(rows, POLICIES[p], FEEDS[f], AS_OF, SECRETS, CONTROL).verdicts(),
        )
        for rows, p, f in worlds
    )
    yield cases
    for db, *_ in cases:
        db.close()
