"""Who contacts is drawn evenly, changes nobody else's chance of a place, and is written down."""

import dataclasses
from datetime import datetime

import numpy as np

from pipelines.settings.selection import SelectionSettings
from pipelines.triage import Lane, decide
from pipelines.triage.explore import Lottery
from pipelines.triage.handler_lot import draw_handlers
from pipelines.triage.room import Room
from tests.pipelines.triage.arrays import keeps_to, problem
from tests.pipelines.triage.people import fill_store, listed_rows

NIGHTS = 400
PEOPLE_LANES = 1


def _full(of):
    room = Room(of)
    for person in range(len(of.value)):
        room.take_if_fits(person, range(len(of.quota)))
    return room


def _draw(of, seed, share=1.0, kept=()):
    room = _full(of)
    room.kept.update(kept)
    before = np.array(room.lane_of)
    lottery = Lottery(str(seed), 0.0)
    found = draw_handlers(room, lottery, np.arange(len(of.value)), PEOPLE_LANES, share)
    after = np.array(room.lane_of)
    assert ((before >= 0) == (after >= 0)).all()
    assert (np.bincount(before + 1) == np.bincount(after + 1)).all()
    assert keeps_to(of, after)
    return found, before, after


def test_the_coin_is_even_whoever_had_the_person_and_nobody_enters_or_leaves():
    may = np.ones((60, 3), bool)
    may[:5, 1:] = False  # nobody but people may serve these
    may[5:9, 0] = False  # and only the AI these
    of = problem(60, [10, 15, 15], may=may, room=99, accounts=9_999)
    of = dataclasses.replace(of, member_row=of.member_row[:0], member_account=of.member_account[:0])
    drawn, by_people = np.zeros(60), np.zeros(60)
    for seed in range(NIGHTS):
        found, before, after = _draw(of, seed, share=0.2)
        lot = np.isfinite(found)
        assert (found[lot] == 0.5).all()
        drawn += lot
        by_people += lot & (after == 0)
        assert (after[:9] == before[:9]).all()
    assert not drawn[:9].any()
    was_with_people = before == 0
    for group in (was_with_people & (drawn > 0), ~was_with_people & (drawn > 0)):
        tosses, heads = drawn[group].sum(), by_people[group].sum()
        assert abs(heads / tosses - 0.5) < 4 * 0.5 / np.sqrt(tosses)
    # A fifth of those whom both could serve, on average.
    listed = (before >= 0) & may[:, 0] & may[:, 1:].any(axis=1)
    assert abs(drawn.sum() / NIGHTS / listed.sum() - 0.2) < 0.03


def test_limits_are_kept_and_who_keeps_a_place_is_left_alone():
    hard = problem(80, [20, 15, 10], regions=3, room=6, accounts=30)
    for seed in range(20):
        _, before, _ = _draw(hard, seed)
        kept = np.flatnonzero(before >= 0)[:10].tolist()
        found, before, after = _draw(hard, seed, kept=kept)
        assert not np.isfinite(found[kept]).any()
        assert (before[kept] == after[kept]).all()


def test_a_night_writes_down_who_was_drawn_and_no_rule_is_broken(db):
    people = [
        {"person_key": key, "probability": 0.5 - key / 1000, "raw_score": 0.0,
         "open": {"email", "phone"}, "assisted_channel": "phone" if key < 3 else None}
        for key in range(60)
    ]  # fmt: skip
    fill_store(db, people)
    lanes = [Lane("email", "ai", 20), Lane("phone", "human", 12)]
    chosen = SelectionSettings(handlers={"lot_share": 0.5}, exploration={"share": 0.1})
    when = datetime(2026, 3, 2)
    for run_id in ("r", "r"):  # made again, a night writes itself down once
        decide(db, run_id=run_id, lanes=lanes, value=None, chosen=chosen, as_of=when, key="k")
    lots = db.frame("SELECT * FROM night_lot WHERE lot = 'handler' ORDER BY person_key").to_dicts()
    rows = listed_rows(db)
    assert len(lots) > 8
    assert {row["handler"] for row in lots} == {"ai", "human"}
    for lot in lots:
        assert rows[lot["person_key"]]["handler"] == lot["handler"]
        assert rows[lot["person_key"]]["slice"] == "exploit"
        assert lot["propensity"] == 0.5
    assert all(rows[key]["handler"] == "human" for key in range(3))
    explored = db.frame("SELECT * FROM night_lot WHERE lot = 'list'").to_dicts()
    assert {row["person_key"]: row["propensity"] for row in explored} == {
        key: row["propensity"] for key, row in rows.items() if row["slice"] == "explore"
    }
