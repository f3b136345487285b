"""What was decided on a past night is told as a full copy of every night would tell it."""

import random
from datetime import date, datetime

import pytest

from pipelines.publish.past import next_night, remember_night
from pipelines.runs.past import _decision
from pipelines.store import Database, create_tables, reset_table
from pipelines.store.schema import begin_night, pack_night

LEADS = 15
VERDICTS = ("listed", "below_capacity", "not_eligible")


def _publish(folder, night, day, decided, keep_days=400):
    """Build the next file of the store on the last one, as a night does."""
    last, path = folder / f"{night - 1}.duckdb", folder / f"{night}.duckdb"
    if last.exists():
        path.write_bytes(last.read_bytes())
    with Database.open(path, read_only=False) as db:
        create_tables(db)
    with Database.open(path, read_only=False, work=folder / f"work{night}.duckdb") as db:
        begin_night(db)
        reset_table(db, "list_reason")
        persons, verdicts, masks = zip(*decided.values(), strict=True)
        db.run(
            "INSERT INTO decision BY NAME SELECT $run AS run_id, unnest($leads) AS lead_key,"
            " unnest($persons) AS person_key, unnest($verdicts) AS verdict,"
            " unnest($masks)::UBIGINT AS email_reasons, 7 AS phone_reasons, 0 AS sms_reasons,"
            " 1 AS mail_reasons",
            run=f"r{night}",
            leads=list(decided),
            persons=list(persons),
            verdicts=list(verdicts),
            masks=list(masks),
        )
        db.run(
            "INSERT INTO list_reason BY NAME SELECT $run AS run_id, lead_key, 1 AS position,"
            " 'because' AS reason FROM decision WHERE verdict = 'listed'",
            run=f"r{night}",
        )
        pack_night(db)
        published = last if last.exists() else None
        counts = remember_night(db, f"r{night}", published, as_of=day, keep_days=keep_days)
        assert next_night(db) == night
        db.run(
            "INSERT INTO run (run_id, kind, as_of, night) VALUES ($run, 'nightly', $day, $night)",
            run=f"r{night}",
            day=datetime.combine(day, datetime.min.time()),
            night=night,
        )
    return path, counts


def _changed(rng, decided, new):
    after = dict(decided)
    for lead in rng.sample(sorted(after), 6):
        after[lead] = (rng.choice((lead, min(lead, 3))), rng.choice(VERDICTS), rng.randrange(4))
    for lead in range(len(after), len(after) + new):
        after[lead] = (lead, rng.choice(VERDICTS), 2**31)
    return after


@pytest.mark.parametrize("seed", range(2))
def test_every_night_is_told_as_a_copy_of_it_would(tmp_path, seed):
    rng = random.Random(seed)  # noqa: S311
    decided = {lead: (lead, "not_eligible", 1) for lead in range(LEADS)}
    copies = {}
    for night in range(1, 6):
        path, counts = _publish(tmp_path, night, date(2026, 10, night), decided)
        former = copies.get(night - 1, {})
        assert counts["changed"] == sum(former.get(k, v) != v for k, v in decided.items())
        copies[night] = decided
        decided = _changed(rng, decided, new=3)
    with Database.open(path, read_only=True) as db:
        for night, copy in copies.items():
            for lead, (person, verdict, mask) in copy.items():
                told = _decision(db, lead, night)
                packed = f"{mask},7,,0,1"
                assert told == {"person_key": person, "verdict": verdict, "packed_reasons": packed}
            listed = db.frame("FROM past_listed WHERE run_id = $r", r=f"r{night}")
            assert set(listed["lead_key"]) == {k for k, v in copy.items() if v[1] == "listed"}
            reasons = db.frame("FROM past_reason WHERE run_id = $r", r=f"r{night}")
            assert set(reasons["lead_key"]) == set(listed["lead_key"])


def test_old_nights_go_and_the_others_stay_true(tmp_path):
    rng = random.Random(5)  # noqa: S311
    decided = {lead: (lead, rng.choice(VERDICTS), 1) for lead in range(LEADS)}
    copies = {}
    for night in range(1, 7):
        path, _ = _publish(tmp_path, night, date(2026, 10, night), decided, keep_days=2)
        copies[night] = decided
        decided = _changed(rng, decided, new=0)
    with Database.open(path, read_only=True) as db:
        kept = db.frame("SELECT night FROM run WHERE night > 0 ORDER BY night")["night"].to_list()
        assert kept == [4, 5, 6]
        assert next_night(db) == 7
        assert set(db.frame("SELECT DISTINCT run_id FROM past_listed")["run_id"]) == {
            "r4", "r5", "r6",
        }  # fmt: skip
        assert db.scalar("SELECT min(until_night) FROM past_decision") == 5
        for night in kept:
            for lead, (_, verdict, _mask) in copies[night].items():
                assert _decision(db, lead, night)["verdict"] == verdict


def test_a_file_of_an_earlier_version_has_nothing_to_compare_with(tmp_path):
    decided = {0: (0, "listed", 0)}
    with Database.open(tmp_path / "0.duckdb", read_only=False) as db:
        db.run("CREATE TABLE decision (lead_key BIGINT, verdict VARCHAR)")
        db.run("DROP TABLE decision")
    _, counts = _publish(tmp_path, 1, date(2026, 10, 1), decided)
    assert counts == {"changed": 0}
