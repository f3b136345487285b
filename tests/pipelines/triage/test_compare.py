"""Lists of one night beside each other: causes and loads, with numbers made up by hand."""

import polars as pl
import pytest

from pipelines.triage.compare import changes_of, load_of

_SCHEMA = {
    "person_key": pl.Int64, "channel": pl.String, "handler": pl.String, "assignee": pl.String,
    "probability": pl.Float64, "expected_value": pl.Float64,
}  # fmt: skip
_TEXTS = ("verdict_before", "verdict_after", "reason_before", "reason_after")


def _list(*rows):
    return pl.DataFrame([(*row, 0.5, 2.0) for row in rows], schema=_SCHEMA, orient="row")


def _compared(**people):
    rows = [(int(key[1:]), *texts) for key, texts in people.items()]
    schema = {"person_key": pl.Int64, **dict.fromkeys(_TEXTS, pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_cause_is_the_last_step_at_which_somebody_came_went_or_moved():
    phone, anna, mail = ("phone", "human", None), ("phone", "human", "Anna"), ("email", "ai", None)
    lists = [
        ("", _list((1, *phone), (2, *phone), (3, *mail), (4, *mail), (7, *phone))),
        ("policy", _list((2, *phone), (3, *mail), (4, *mail), (5, *mail), (6, *mail))),
        ("value", _list((2, *phone), (3, *phone), (5, *mail), (7, *phone), (8, *mail))),
        ("capacity", _list((2, *phone), (3, *mail), (4, *anna), (6, *mail), (7, *phone))),
    ]
    listed, below = "listed", "below_capacity"
    found = changes_of(
        lists,
        _compared(
            p1=(listed, "not_eligible", None, "OPTED_OUT"),
            p2=(listed, listed, None, None),
            p3=(listed, listed, None, None),  # went elsewhere, and came back
            p4=(listed, listed, None, None),
            p6=("not_eligible", listed, "BOUNCED", None),  # came, went, and came back
            p7=(listed, listed, None, None),
        ),
    )
    assert {row["person_key"]: (row["change"], row["cause"], row["detail"])
            for row in found.to_dicts()} == {
        1: ("left", "policy", "OPTED_OUT"),
        2: ("stayed", None, None),
        3: ("stayed", None, None),
        4: ("moved", "capacity", None),
        6: ("entered", "capacity", "BOUNCED"),
        7: ("stayed", None, None),
    }  # fmt: skip
    found = changes_of(lists[:2], _compared(p1=(listed, below, None, None)))
    assert found["detail"].to_list() == [below]


def test_the_load_is_added_up_by_lane_and_person():
    listed = _list(
        (1, "phone", "human", "Anna"), (2, "phone", "human", "Anna"), (3, "phone", "human", "Ben"),
        (4, "email", "human", "Ben"), (5, "email", "ai", None),
    )  # fmt: skip
    found = load_of(
        listed,
        minutes={"phone": 12.0, "email": 6.0},
        cost={"phone": {"human": 3.0}, "email": {"ai": 0.25}},
    )
    rows = {(r["handler"], r["channel"], r["assignee"]): r for r in found.to_dicts()}
    anna = rows["human", "phone", "Anna"]
    assert (anna["contacts"], anna["minutes"], anna["cost"]) == (2, 24.0, 6.0)
    assert anna["expected_conversions"] == pytest.approx(1.0)
    assert anna["expected_value"] == pytest.approx(4.0)
    assert rows["human", "email", "Ben"]["minutes"] == 6.0
    assert rows["human", "email", "Ben"]["cost"] == 0.0
    assert (rows["ai", "email", None]["minutes"], rows["ai", "email", None]["cost"]) == (0.0, 0.25)
    assert found["contacts"].sum() == listed.height


def test_without_a_model_nothing_is_expected():
    listed = _list((1, "email", "ai", None)).with_columns(
        probability=pl.lit(None, pl.Float64), expected_value=pl.lit(None, pl.Float64)
    )
    (row,) = load_of(listed, minutes={"email": 6.0}, cost={}).to_dicts()
    assert (row["expected_conversions"], row["expected_value"]) == (None, None)
