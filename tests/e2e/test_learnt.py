"""A night keeps whom to compare with, lists nobody of the control group, says what it learnt."""

import json

from pipelines.runs.query import run_query
from pipelines.runs.summary import summarise
from pipelines.store import Database
from pipelines.store.snapshot import current_snapshot

CONTROL = 1 << 35


def _one(home, query):
    return run_query(home, query).row(0)


def test_the_control_group_is_kept_to_compare_with_and_nothing_of_it_is_scored_or_listed(published):
    held, others = _one(
        published,
        "SELECT count(*) FILTER (is_control), count(*) FILTER (NOT is_control) FROM would_list",
    )
    assert others > 10 * held
    assert not run_query(published, "SELECT * FROM would_list SEMI JOIN ("
                         f"SELECT person_key FROM eligibility WHERE email_reasons & {CONTROL} > 0)"
                         " AS control USING (person_key) WHERE NOT is_control").height  # fmt: skip
    for table in ("score", "past_listed", "night_lot"):
        found = _one(
            published,
            f"SELECT count(*) FROM {table} JOIN would_list USING (lead_key) WHERE is_control",
        )
        assert found == (0,), table
    scored, scorable = _one(
        published,
        "SELECT (SELECT count(*) FROM score), (SELECT count(*) FROM eligibility WHERE is_scorable)",
    )
    assert scored == scorable
    with Database.open(current_snapshot(published), read_only=True, memory_gb=0.5) as db:
        assert not db.exists("control_score")


def test_of_both_the_same_is_asked(published):
    """As likely as nine tenths of the list, open but for the control group, nobody of late."""
    least = _one(
        published,
        "SELECT quantile_cont(probability, 0.1) FROM decision"
        " WHERE verdict = 'listed' AND slice = 'exploit'",
    )[0]
    rows = run_query(published, "SELECT * FROM would_list")
    assert rows["probability"].min() >= least
    wanted = _one(
        published,
        "SELECT count(*) FROM decision WHERE verdict IN ('listed', 'below_capacity')"
        f" AND probability >= {least!r} AND (email_reasons = 0 OR phone_reasons = 0"
        " OR ai_voice_reasons = 0 OR sms_reasons = 0 OR mail_reasons = 0)",
    )[0]
    assert 0 < rows.filter(~rows["is_control"]).height <= wanted
    inbound = _one(
        published,
        "SELECT count(*) FROM would_list JOIN dedupe_link USING (person_key)"
        " JOIN activity ON activity.lead_key = dedupe_link.lead_key"
        " WHERE activity.direction = 'in' AND activity.channel IN"
        " ('call', 'email', 'sms', 'meeting', 'form')"
        " AND activity.\"at\" >= TIMESTAMP '2026-09-01'"
        " AND activity.\"at\" < TIMESTAMP '2026-10-01'",
    )
    assert inbound == (0,)


def test_the_lots_are_written_down_as_the_list_has_them(published):
    lots = run_query(
        published,
        "SELECT night_lot.*, decision.handler AS listed_handler"
        " FROM night_lot JOIN decision USING (lead_key)",
    )
    assert lots.filter(lot="list").height == _one(
        published, "SELECT count(*) FROM decision WHERE slice = 'explore'"
    )[0]  # fmt: skip
    assert (lots["handler"] == lots["listed_handler"]).all()
    assert set(lots.filter(lot="handler")["propensity"].to_list()) <= {0.5}


def test_without_a_finished_night_there_is_too_little_to_say(published, cli):
    found = cli("learnt", "--json", home=published, parse=True)
    assert {row["measure"] for row in found["lift_estimate"]} == {"conversion", "lift", "forgone"}
    assert all(row["value"] is None for row in found["lift_estimate"])
    assert found["ai_share"] == {"share": 1.0, "decisions": []}
    assert "too few to say" in cli("learnt", home=published).stdout
    assert not any("AI has" in line for line in summarise(published).about_list)


def test_a_person_sets_the_share_of_the_ai_with_a_reason(night, cli):
    done = cli("ai-share", "0.5", home=night, code=2)
    assert "reason" in done.stderr
    found = cli("ai-share", "0.5", "--reason", "trial", "--json", home=night, parse=True)
    assert found["share"] == 0.5
    assert json.loads(cli("ai-share", "--json", home=night).stdout) == found
