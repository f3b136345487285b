"""What the tables say is what a count by hand says, of nights whose window is over."""

from datetime import timedelta

import numpy as np
import pytest

from pipelines.learnt import Settled, learn
from tests.pipelines.learnt.nights import FIRST, Nights

HORIZON = 10
NIGHTS = 20


def _learn(db, day, **more):
    learn(
        db, run_id="r", as_of=FIRST + timedelta(days=day), milestone="converted",
        horizon_days=HORIZON, response_days=2, since=None,
        settle=lambda doubt: Settled(), **more,
    )  # fmt: skip


def _rows(db, table, *keys):
    return {
        tuple(row[key] for key in keys): row
        for row in db.frame(f"SELECT * FROM {table}").to_dicts()
    }


def _world(seed=0):
    """Twenty nights of forty chosen and twelve drawn; chosen convert at 30%, drawn at 10%."""
    rng = np.random.default_rng(seed)
    nights, told, person = Nights(), [], 0
    for number in range(NIGHTS):
        nights.night(number)
        for place in range(52):
            person += 1
            drawn = place >= 40
            chance = float(rng.choice([0.002, 0.01])) if drawn else None
            newest = bool(drawn and rng.random() < 0.5)
            converts = rng.random() < (0.1 if drawn else 0.3)
            nights.listed(
                number, person, slice_="explore" if drawn else "exploit", propensity=chance,
                is_newest=newest, disposition="sent", probability=0.15,
            )  # fmt: skip
            late = rng.random() < 0.2  # after its window: none
            if converts:
                nights.converts(person, number + (HORIZON if late else HORIZON / 2))
            told.append((number, drawn, chance, newest, converts and not late))
    return nights, told


def test_lift_is_that_of_a_count_by_hand(db):
    nights, told = _world()
    nights.write(db)
    _learn(db, 25)
    # The data tell of the days up to 24.5 or so: the window of later nights is not over.
    end = max(row["occurred_at"] for row in nights.rows["outcome"]
              if row["occurred_at"] < FIRST + timedelta(days=25))  # fmt: skip
    over = [row for row in told if FIRST + timedelta(days=row[0] + HORIZON) <= end]
    assert 0 < len(over) < len(told)
    chosen = [row[4] for row in over if not row[1]]
    drawn = [(1 / row[2], row[3], row[4]) for row in over if row[1]]
    random = sum(w for w, _, hit in drawn if hit) / sum(w for w, _, _ in drawn)
    found = _rows(db, "lift_estimate", "measure", "policy")
    ranking = sum(chosen) / len(chosen)
    assert found["conversion", "ranking"]["value"] == pytest.approx(ranking)
    assert found["conversion", "ranking"]["people"] == len(chosen)
    assert found["conversion", "random"]["value"] == pytest.approx(random)
    assert found["lift", "random"]["value"] == pytest.approx(ranking / random)
    assert found["lift", "random"]["low"] < 3 < found["lift", "random"]["high"]
    newest = [(w, hit) for w, is_newest, hit in drawn if is_newest]
    row = found["conversion", "newest_first"]
    assert row["people"] == len(newest)
    assert row["effective_people"] == pytest.approx(
        sum(w for w, _ in newest) ** 2 / sum(w**2 for w, _ in newest)
    )
    lost = found["forgone", "exploration"]
    assert lost["value"] == pytest.approx(
        len(drawn) * (ranking - sum(hit for _, _, hit in drawn) / len(drawn))
    )


def test_too_few_are_said_to_be_and_no_number_is_given(db):
    nights = Nights()
    nights.night(0)
    for person in range(30):
        drawn = person < 10
        nights.listed(0, person, slice_="explore" if drawn else "exploit",
                      propensity=0.1 if drawn else None)  # fmt: skip
    nights.converts(99, 20)
    nights.write(db)
    _learn(db, 30)
    for row in _rows(db, "lift_estimate", "measure", "policy").values():
        assert row["value"] is None
        assert row["low"] is None
        assert row["words"].startswith("too few to say")


def test_a_lot_that_was_hardly_worked_is_told_beside_the_lift(db):
    nights = Nights()
    nights.night(0)
    for person in range(400):
        drawn = person < 200
        nights.listed(0, person, slice_="explore" if drawn else "exploit",
                      propensity=0.1 if drawn else None,
                      disposition="sent" if person >= 150 else None)  # fmt: skip
        if person % 5 == 0:
            nights.converts(person, 3)
    nights.converts(999, 15)
    nights.write(db)
    _learn(db, 30)
    words = _rows(db, "lift_estimate", "measure", "policy")["lift", "random"]["words"]
    assert "of those drawn by lot 25% were contacted, of the others 100%" in words
    band = _rows(db, "contact_calibration", "band")[0,]
    assert band["people"] == 250
    assert band["said"] == pytest.approx(0.1)
    assert band["value"] == pytest.approx(0.2)


def test_uplift_is_of_who_was_held_back_as_assigned(db):
    nights = Nights()
    nights.night(0)
    nights.night(5)
    for person in range(1_000):
        control = person < 200
        nights.reached(0, person, is_control=control, contacted=not control and person % 2 == 0)
        if person % (20 if control else 10) == 0:
            nights.converts(person, 4)
    # Had converted before, converts too late, and a night whose window is not over.
    nights.reached(5, 2_000, is_control=True)
    nights.converts(2_000, 1)
    nights.reached(0, 2_001, is_control=True)
    nights.converts(2_001, 11)
    nights.converts(2_002, 14)
    nights.write(db)
    _learn(db, 30)
    found = _rows(db, "uplift_estimate", "measure", "arm")
    control, others = 10 / 201, 80 / 800
    assert found["conversion", "control"]["value"] == pytest.approx(control)
    assert found["conversion", "others"]["people"] == 800
    assert found["difference", "both"]["value"] == pytest.approx(others - control)
    assert (
        found["difference", "both"]["low"] < others - control < found["difference", "both"]["high"]
    )
    assert found["ratio", "both"]["value"] == pytest.approx(others / control)
    assert found["per_contact", "both"]["value"] == pytest.approx((others - control) / 0.5)
    assert found["forgone", "control"]["value"] == pytest.approx((others - control) * 201)
