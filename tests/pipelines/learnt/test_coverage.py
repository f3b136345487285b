"""On the generator, whose truth is known: what the lots say holds as often as it is said to."""

import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from pipelines.generate.block import block
from pipelines.generate.contacts import chances_at
from pipelines.generate.times import END_S
from pipelines.learnt.lift import lift_rows
from pipelines.learnt.uplift import uplift_rows
from pipelines.triage.explore import Lottery, explore
from pipelines.triage.room import Room
from tests.pipelines.triage.arrays import problem

SEEDS = 200
LEAST = SEEDS * (0.95 - 3 * math.sqrt(0.95 * 0.05 / SEEDS))
PEOPLE = 4_000
PLACES = 900


@pytest.fixture(scope="module")
def world():
    """People of the generator: chance to convert if contacted and if not, how they are ranked."""
    whole = block(2026, 0, 10**9)
    reached, alone = chances_at(whole.people, whole.events, whole.story, END_S)
    chosen = np.random.default_rng(4).permutation(len(reached))[:PEOPLE]
    reached, alone = reached[chosen], alone[chosen]
    noise = np.random.default_rng(5).normal(0, 0.8, PEOPLE)
    order = np.argsort(-(np.log(reached / (1 - reached)) + noise), kind="stable")
    created = whole.people.created_s[chosen][order]
    newest = np.zeros(PEOPLE, bool)
    newest[np.argsort(-created, kind="stable")[:PLACES]] = True
    return SimpleNamespace(reached=reached[order], alone=alone[order], newest=newest)


def _drawn(seed, people):
    """Draw as a night does, in two lanes of which one is open to half of all: propensities."""
    may = np.ones((people, 2), bool)
    may[::2, 1] = False
    of = problem(people, [PLACES - 300, 300], may=may, room=people, accounts=10 * people)
    of = dataclasses.replace(of, member_row=of.member_row[:0],
                             member_account=of.member_account[:0])  # fmt: skip
    lottery = Lottery(str(seed), 0.4)
    names = np.arange(people)
    places = lottery.places(of.quota.tolist())
    return explore(Room(of), lottery, names, np.ones(people, bool), 1.0, places)


def test_lift_of_the_ranking_over_the_lot_and_over_the_newest(world):
    covered = dict.fromkeys(("random", "newest_first", "lift", "over newest"), 0)
    for seed in range(SEEDS):
        chance = _drawn(seed, PEOPLE)
        lot = np.isfinite(chance)
        exploit = np.zeros(PEOPLE, bool)
        exploit[np.flatnonzero(~lot)[: PLACES - lot.sum()]] = True
        listed = lot | exploit
        converted = np.random.default_rng(seed).random(PEOPLE) < world.reached
        listings = pl.DataFrame(
            {
                "slice": np.where(lot, "explore", "exploit")[listed],
                "propensity": chance[listed],
                "is_newest": world.newest[listed],
                "converted": converted[listed],
                "contacted": np.ones(listed.sum(), bool),
                "person_key": np.flatnonzero(listed),
            }
        ).with_columns(pl.col("propensity").fill_nan(None))
        found = {(r.keys["measure"], r.keys["policy"]): r.estimate for r in lift_rows(listings)}
        ranking = world.reached[exploit].mean()
        everybody, newest = world.reached.mean(), world.reached[world.newest].mean()
        for name, key, truth in (
            ("random", ("conversion", "random"), everybody),
            ("newest_first", ("conversion", "newest_first"), newest),
            ("lift", ("lift", "random"), ranking / everybody),
            ("over newest", ("lift", "newest_first"), ranking / newest),
        ):
            covered[name] += found[key].low <= truth <= found[key].high
    assert min(covered.values()) >= LEAST, covered


def test_uplift_of_contact_over_none(world):
    """Three in ten of the others are never reached: as assigned, and per contact."""
    covered = dict.fromkeys(("control", "difference", "ratio", "per_contact"), 0)
    top = slice(0, 2_000)
    alone, reached = world.alone[top], world.reached[top]
    others = alone.mean() + 0.7 * (reached - alone).mean()
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        control = rng.random(len(alone)) < 0.2
        contacted = ~control & (rng.random(len(alone)) < 0.7)
        arms = pl.DataFrame(
            {
                "is_control": control,
                "contacted": contacted,
                "converted": rng.random(len(alone)) < np.where(contacted, reached, alone),
            }
        )
        found = {(r.keys["measure"], r.keys["arm"]): r.estimate for r in uplift_rows(arms)}
        for name, key, truth in (
            ("control", ("conversion", "control"), alone.mean()),
            ("difference", ("difference", "both"), others - alone.mean()),
            ("ratio", ("ratio", "both"), others / alone.mean()),
            ("per_contact", ("per_contact", "both"), (reached - alone).mean()),
        ):
            covered[name] += found[key].low <= truth <= found[key].high
    assert min(covered.values()) >= LEAST, covered
