"""An AI that does no worse is hardly ever suspected, one that does is found, whenever one looks."""

import math

import numpy as np
import pytest

from models.errors import ModelError
from models.estimate import DOUBT, evidence_of, fall_of, is_beyond_doubt

SEEDS = 200
NIGHTS = 40


def _answers(seed, ai, people, nights=NIGHTS, each=20):
    """Draw who was whose, on which night, and who answered: rates by night, (nights,)."""
    rng = np.random.default_rng(seed)
    night = np.repeat(np.arange(nights), each)
    is_ai = rng.random(len(night)) < 0.5
    rate = np.where(is_ai, np.broadcast_to(ai, nights)[night], people)
    return is_ai, np.full(len(night), 0.5), night, rng.random(len(night)) < rate


def _looks(answers):
    """Return the evidence as it stood after each night."""
    is_ai, chance, night, success = answers
    found = []
    for last in range(int(night.max()) + 1):
        seen = night <= last
        found.append(evidence_of(is_ai[seen], chance[seen], night[seen], success[seen]))
    return found


def test_an_ai_as_good_as_people_is_hardly_ever_suspected_however_often_one_looks():
    alarms = sum(max(_looks(_answers(seed, 0.15, 0.15))) >= 1 / DOUBT for seed in range(SEEDS))
    # One in a hundred at most, on average: two, and three standard errors more.
    assert alarms <= SEEDS * DOUBT + 3 * math.sqrt(SEEDS * DOUBT)
    assert not any(max(_looks(_answers(seed, 0.3, 0.15))) >= 1 / DOUBT for seed in range(20))


def test_a_worse_ai_is_found_also_when_it_was_good_before():
    found = [is_beyond_doubt(_looks(_answers(seed, 0.04, 0.2))[-1]) for seed in range(20)]
    assert sum(found) >= 19
    fell = np.where(np.arange(NIGHTS) < 20, 0.2, 0.01)
    found = [is_beyond_doubt(_looks(_answers(seed, fell, 0.2))[-1]) for seed in range(20)]
    assert sum(found) >= 17


def test_the_evidence_is_that_of_an_obvious_twin():
    is_ai, _, night, success = _answers(4, 0.1, 0.2, nights=6)
    chance = np.random.default_rng(1).uniform(0.2, 0.8, len(night))
    theirs = [is_ai[night == one].mean() for one in range(6)]
    total = 1 / 7  # the part of the stake that has not begun
    for start in range(6):
        stakes = []
        for times in (1.25, 1.5, 2.0, 3.0, 6.0):
            stake = 1.0
            for one in range(len(night)):
                if success[one] and night[one] >= start:
                    lot = min(chance[one], theirs[night[one]])
                    expected = lot + (1 - lot) * times
                    stake *= (1 if is_ai[one] else times) / expected
            stakes.append(stake)
        total += sum(stakes) / 5 / ((start + 1) * (start + 2))
    assert evidence_of(is_ai, chance, night, success) == pytest.approx(total)


def test_an_ai_whose_list_was_half_worked_or_not_at_all_is_not_suspected_for_that():
    suspected = 0
    for seed in range(50):
        is_ai, chance, night, success = _answers(seed, 0.3, 0.3, nights=60, each=10)
        kept = ~is_ai | (np.random.default_rng(seed + 1000).random(len(is_ai)) < 0.5)
        suspected += evidence_of(is_ai[kept], chance[kept], night[kept], success[kept]) >= 1 / DOUBT
        for only in (is_ai, ~is_ai):  # the other was paused
            alone = is_ai[only], chance[only], night[only], success[only]
            assert evidence_of(*alone) == pytest.approx(1)
    assert suspected <= 1


def test_nobody_answering_is_no_evidence():
    none = np.zeros(0)
    assert evidence_of(none > 0, none, none.astype(np.int64), none > 0) == 1
    with pytest.raises(ModelError, match="no choice"):
        evidence_of(np.array([True]), np.array([1.0]), np.array([0]), np.array([True]))


def _nights(seed, ai, people, nights, each=(500, 60)):
    rng = np.random.default_rng(seed)
    contacts = np.tile(each, (nights, 1))
    rates = np.column_stack([np.broadcast_to(ai, nights), np.broadcast_to(people, nights)])
    return contacts, rng.binomial(contacts, rates)


def test_a_fall_on_thursday_is_found_and_dated_and_one_of_all_is_not_the_ais():
    ai = np.array([0.12, 0.12, 0.12, 0.02, 0.02])
    found = [fall_of(*_nights(seed, ai, 0.2, 5)) for seed in range(30)]
    assert sum(one is not None and one.since >= 3 for one in found) >= 22
    assert all(one.after < one.before for one in found if one)
    both = np.array([0.2, 0.2, 0.2, 0.04, 0.04])
    assert not any(fall_of(*_nights(seed, ai, both, 5)) for seed in range(30))


def test_a_steady_ai_is_hardly_ever_said_to_fall():
    alarms = 0
    for seed in range(SEEDS):
        contacts, successes = _nights(seed, 0.1, 0.2, 20)
        alarms += any(fall_of(contacts[:n], successes[:n]) for n in range(1, 21))
    assert alarms <= SEEDS * DOUBT + 3 * math.sqrt(SEEDS * DOUBT)


def test_nights_before_the_first_are_not_compared_but_count_as_looks():
    ai = np.array([0.12] * 7 + [0.02] * 7)
    contacts, successes = _nights(1, ai, 0.2, 14)
    assert fall_of(contacts, successes) is not None
    assert fall_of(contacts, successes, 7) is None
    late = _nights(1, np.array([0.12] * 11 + [0.02] * 3), 0.2, 14)
    assert fall_of(*late, 7).since >= 10
    assert fall_of(*late, 14) is None


def test_too_few_answers_are_no_fall():
    assert fall_of(np.array([[9, 9]] * 3), np.array([[5, 5], [5, 5], [0, 5]])) is None
    assert fall_of(np.zeros((0, 2), np.int64), np.zeros((0, 2), np.int64)) is None
