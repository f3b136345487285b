"""A suppression that names several contact points in one cell is in force for each of them."""

from datetime import datetime

import polars as pl

from pipelines.load import land

LIST = """email,phone,country
"a@x.example; b@y.example",,
c@z.example,"030 123456 / 0151 23456789",DE
"Ann <d@x.example>, junk@",,
nobody,,
f@x.example (also g@x.example),,
"""


def test_each_address_and_number_of_a_cell_is_suppressed(tmp_path):
    file = tmp_path / "no.csv"
    file.write_text(LIST)
    landed = land(
        file, kind="suppressions", mapping=None, batches_dir=tmp_path / "b", at=datetime(2026, 1, 1)
    )
    found = pl.read_parquet(landed.folder / "suppression.parquet")
    assert found.select("row_number", "key").sort("row_number", "key").rows() == [
        (1, "a@x.example"),
        (1, "b@y.example"),
        (2, "+4915123456789"),
        (2, "+4930123456"),
        (2, "c@z.example"),
        (3, "d@x.example"),
        (5, "f@x.example"),
        (5, "g@x.example"),
    ]
    assert (landed.records, landed.landed, landed.quarantined) == (5, 4, 1)
