from pipelines.runs.list_words import list_words
from pipelines.settings.selection import ValueSettings


def test_without_a_value_it_says_so(db):
    assert "contacts count as free" in list_words(db, ValueSettings())[0]
    assert list_words(db, ValueSettings(per_conversion=5)) == []


def test_the_lot_doubtful_addresses_and_changes_are_told(db):
    for key, propensity, verify in ((1, 0.1, True), (2, None, None), (3, None, True)):
        db.run(
            "INSERT INTO decision BY NAME SELECT $key AS lead_key, 'listed' AS verdict,"
            " $propensity::DOUBLE AS propensity, $verify::BOOLEAN AS is_to_verify",
            key=key, propensity=propensity, verify=verify,
        )  # fmt: skip
    for change, cause, before in (
        ("stayed", None, 4), ("left", "OPTED_OUT", 5), ("left", "capacity", 6),
        ("left", "capacity", 7), ("entered", "new_lead", None),
    ):  # fmt: skip
        db.run(
            "INSERT INTO list_change BY NAME SELECT $change AS change, $cause AS cause,"
            " $before::INTEGER AS rank_before",
            change=change, cause=cause, before=before,
        )  # fmt: skip
    assert list_words(db, ValueSettings(per_conversion=5)) == [
        "1 of 3 on the list were drawn by lot, to learn from",
        "2 e-mail addresses had no mail of ours for long: verify them",
        "Since the last list: entered 1 (new_lead 1)",
        "Since the last list: left 3 (capacity 2, OPTED_OUT 1)",
        "Since the last list: stayed 1",
    ]


def test_who_serves_whom_is_told(db):
    for measure, detail, people, value, words in (
        ("planned_share", "human", 100, 0.06, "3 changed hands for it"),
        ("target_share", "human", 100, 0.06, None),
        ("rule_overruled", "cheap", 2, None, None),
        ("escalated_share", "ai", 50, 0.04, None),
        ("speed_to_lead", "median", 3, 12.0, None),
        ("speed_to_lead", "p90", 3, 90.0, None),
        ("speed_to_lead", "waiting still", 1, None, None),
        ("satisfaction", "ai", 8, 4.25, None),
    ):
        db.run(
            "INSERT INTO route_measure VALUES ('r', $measure, $detail, $people, $value, $words)",
            measure=measure, detail=detail, people=people, value=value, words=words,
        )  # fmt: skip
    assert list_words(db, ValueSettings(per_conversion=5)) == [
        "People serve 6.0% of the list, target 6.0%: 3 changed hands for it",
        "Rules disagree 2 times: nobody comes before a person before the AI",
        "The AI passed on 4.0% of 50 in four weeks",
        "Came to us: 4 in four weeks, tried after 12 minutes (median), 90 (p90), 1 wait still",
        "Content with the AI: 4.25 on average of 8",
    ]
