from datetime import datetime

import polars as pl
import pytest

from pipelines.errors import BadInputError
from pipelines.load import Mapping, land
from pipelines.load.meaning.mapping import Numbers
from pipelines.load.normalise.numbers import number, whole_number


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("(500)", ".", -500), ("500-", ".", -500), ("-$500", ".", -500), ("CHF 1'000.-", ".", 1000),
        ("12k", ".", 12_000), ("3.5 M", ".", 3.5e6), ("5 Mio.", ",", 5e6), ("2bn", ".", 2e9),
        ("\u20b9 12,34,567", ".", 1_234_567), ("75%", ".", 75), ("1 234 567", ".", 1_234_567),
        ("1.234,56 \u20ac", ",", 1234.56), ("1\u2019000", ".", 1000), ("USD 1,234.00", ".", 1234),
        ("500 MXN", ".", 500), ("100 BRL", ".", 100), ("5M\u20ac", ".", 5e6),
        ("5MEUR", ".", None), ("5 mil", ".", None), ("12 34", ".", None), ("--5", ".", None),
        ("(5", ".", None), ("5 apples", ".", None), ("1,23,4", ".", None),
    ],
)  # fmt: skip
def test_money(text, decimal, expected):
    found = number(pl.Series([text]), decimal).item()
    assert found == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("11-50", 11), ("1,000+", 1000), ("1.000", 1000), ("10K", 10_000), ("51 to 200", 51),
     ("200\u2013500 Mitarbeiter", 200), ("5", 5), ("<10", None), ("many", None)],
)  # fmt: skip
def test_counts_group_before_three_digits_and_ranges_give_their_first(text, expected):
    assert whole_number(pl.Series([text]), ".").item() == expected


def revenues(folder, cells, numbers=None):
    file = folder / "leads.csv"
    file.write_text("id;rev\n" + "".join(f"{i};{cell}\n" for i, cell in enumerate(cells)))
    fields = {"source_id": "id", "annual_revenue": "rev"}
    mapping = Mapping(fields=fields, **({"numbers": numbers} if numbers else {}))
    landed = land(
        file, kind="leads", mapping=mapping, batches_dir=folder / "b", at=datetime(2026, 1, 1)
    )
    return pl.read_parquet(landed.folder / "lead.parquet")["annual_revenue"].to_list()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.234,56 \u20ac", "1.000"], [1234.56, 1000]),
        (["$1,117.10K", "1,000"], [1_117_100, 1000]),
        (["1.234.567", "1,000"], [1_234_567, 1]),
        (["12,34,567", "1.500"], [1_234_567, 1.5]),
        (["0,125", "1.000"], [0.125, 1000]),
        (["1234.5", "7"], [1234.5, 7]),
    ],
)
def test_the_file_proves_its_decimal_sign(tmp_path, cells, expected):
    assert revenues(tmp_path, cells) == pytest.approx(expected)


@pytest.mark.parametrize("cells", [["1.234", "5"], ["1,234", "5"], ["1,5", "1.5"]])
def test_a_sign_that_is_not_proved_is_asked_for(tmp_path, cells):
    with pytest.raises(BadInputError, match="decimal"):
        revenues(tmp_path, cells)
    assert revenues(tmp_path, ["1.234"], Numbers(decimal=",")) == [1234]
    assert not list((tmp_path / "b").glob(".landing-*"))
