from datetime import datetime, timedelta

import polars as pl
import pytest

from features.schema import INPUT_COLUMNS
from pipelines.score.stated_order import (
    FEATURES,
    place_batches,
    place_words,
    placed_rows,
    stated_reasons,
)
from pipelines.score.stream import write_stated
from pipelines.store import Database, create_tables
from pipelines.store.schema import CHANNELS
from pipelines.triage import Lane, decide

AS_OF = datetime(2026, 10, 1)
# lead_key: days since creation, days since last heard from, title, open channels
LEADS = {
    1: (4000, None, "CEO", ("email",)),
    2: (4000, 10, None, ("email",)),
    3: (20, None, "Director", ("email",)),
    4: (20, None, "CEO", ("email",)),
    5: (None, None, "CEO", ("email",)),
    6: (4000, None, None, ("email", "mail")),
    7: (400, 100, "Trainee", ("email",)),
}


def frame():
    def ago(days):
        return None if days is None else AS_OF - timedelta(days=days)

    columns = {
        "created_at": [ago(lead[0]) for lead in LEADS.values()],
        "last_inbound_at": [ago(lead[1]) for lead in LEADS.values()],
        "title": [lead[2] for lead in LEADS.values()],
        "as_of": [AS_OF] * len(LEADS),
    }
    typed = {name: pl.Series(columns[name], dtype=INPUT_COLUMNS[name]) for name in FEATURES.inputs}
    return pl.DataFrame({"lead_key": list(LEADS), **typed})


def test_recent_by_the_later_of_creation_and_last_word_and_senior_by_title():
    assert placed_rows(frame()).rows() == [
        (1, 1, 8), (2, 5, 0), (3, 5, 6), (4, 5, 8), (5, 0, 8), (6, 1, 0), (7, 3, 1),
    ]  # fmt: skip


@pytest.fixture
def db(tmp_path):
    with Database.memory(memory_gb=0.5) as opened:
        create_tables(opened)
        for key, (age, _, _, ways) in LEADS.items():
            masks = ", ".join(f"{int(c not in ways)} AS {c}_reasons" for c in CHANNELS)
            made = "NULL" if age is None else f"TIMESTAMP '{AS_OF}' - INTERVAL {age} DAY"
            opened.run(
                f"INSERT INTO eligibility BY NAME SELECT {key} AS person_key, {key} AS lead_key,"
                f" true AS is_scorable, {masks};"
                f"INSERT INTO dedupe_link VALUES ({key}, {key}, 'self', NULL);"
                f"INSERT INTO lead BY NAME SELECT {key} AS lead_key, 's' AS source_system,"
                f" '{key}' AS source_id, 'p{key}@x.example' AS own_email_key, {made} AS created_at"
            )
        opened.run("INSERT INTO reason VALUES (15, 'DUPLICATE_OF', 'd', NULL)")
        place_batches([frame()[:4], frame()[4:]], tmp_path / "parts")
        write_stated(opened, tmp_path / "parts", run_id="r")
        yield opened


def test_reachable_first_then_recent_then_senior_and_no_probability(db):
    decide(db, run_id="r", lanes=[Lane("email", "ai", 3)], value=None)
    ranked = db.frame("SELECT lead_key, probability, verdict FROM decision ORDER BY rank")
    # 6 can be reached in two ways; 4, 3 and 2 are the newest, the senior ones ahead.
    assert ranked["lead_key"].to_list() == [6, 4, 3, 2, 7, 1, 5]
    assert ranked["probability"].null_count() == len(LEADS)
    assert ranked["verdict"].to_list().count("listed") == 3
    rows = db.frame("SELECT DISTINCT score_source, model_id, probability FROM score").rows()
    assert rows == [("none", None, None)]
    raw = db.scalar("SELECT raw_score FROM score WHERE lead_key = 4")
    assert place_words(raw) == "Ordered by: 1 open channel(s), recency 5 of 5, seniority 8 of 8"


def test_the_reason_says_where_a_lead_stands_and_nothing_it_does_not_know():
    reachable = pl.DataFrame(
        {"lead_key": list(LEADS)} | {c: [c in lead[3] for lead in LEADS.values()] for c in CHANNELS}
    )
    words = dict(stated_reasons(frame(), reachable).select("lead_key", "reason").iter_rows())
    assert words[2] == "can be reached by e-mail; last heard from 10 days ago"
    assert words[6].startswith("can be reached by e-mail, letter; created 4000 days ago")
    assert "chief" in words[5]
    assert "created" not in words[5]
