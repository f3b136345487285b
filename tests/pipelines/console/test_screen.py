"""Whatever a query gives can be printed as JSON."""

import json
from decimal import Decimal

import pytest

from pipelines.console.screen import emit_json
from pipelines.errors import UsageError
from pipelines.store import Database


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("sum(12.30::DECIMAL(18, 2))", 12.3),
        ("sum(5::DECIMAL(18, 2))", 5),
        ("sum(9007199254740993::BIGINT)", 9007199254740993),
        ("12345678901234567.89::DECIMAL(38, 2)", "12345678901234567.89"),
        ("NULL::DECIMAL(9, 2)", None),
        ("TIME '12:30:00'", "12:30:00"),
        ("TIMESTAMP '2026-01-02 03:04:05'", "2026-01-02T03:04:05"),
        ("'ab'::BLOB", "6162"),
        ("[1.5::DECIMAL(4, 2)]", [1.5]),
    ],
)
def test_every_type_of_the_database_has_a_form(expression, printed, capsys):
    with Database.memory(0.5) as db:
        emit_json(db.query(f"SELECT {expression} AS x").to_dicts())
    assert json.loads(capsys.readouterr().out) == [{"x": printed}]


def test_a_type_that_has_none_is_said():
    with Database.memory(0.5) as db, pytest.raises(UsageError, match="cast it"):
        db.query("SELECT INTERVAL 1 DAY AS x")


def test_digits_are_never_lost(capsys):
    values = [Decimal("0.1"), Decimal("-0.00"), Decimal("1e-30"), Decimal("0.12345678901234567890")]
    emit_json(values)
    printed = json.loads(capsys.readouterr().out, parse_float=Decimal)
    assert [Decimal(found) for found in printed] == values
