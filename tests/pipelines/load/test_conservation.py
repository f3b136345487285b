"""Whatever is in a file: every record is loaded, a duplicate or set aside, and cells are exact."""

import csv
import io
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from pipelines.errors import BadInputError
from pipelines.load import Landed, Mapping, land
from tests.pipelines.load.conftest import AT

CELL = st.text(st.sampled_from("ab,;\"'\n\té0 "), max_size=5)
RECORDS = st.lists(st.tuples(st.integers(0, 9), CELL, CELL), min_size=1, max_size=25)
MAPPING = Mapping.model_validate(
    {
        "fields": {"source_id": "key"},
        "file": {"delimiter": ",", "encoding": "utf-8", "header": True},
    }
)


def landed_from(content: bytes, folder: str) -> Landed:
    path = Path(folder) / "f.csv"
    path.write_bytes(content)
    return land(path, kind="leads", mapping=MAPPING, batches_dir=Path(folder) / "b", at=AT)


@given(RECORDS, st.sampled_from(["\n", "\r\n"]))
def test_what_python_s_csv_reads_is_what_lands(records, end):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("key", "one", "two"), *records])
    with tempfile.TemporaryDirectory() as folder:
        landed = landed_from(text.getvalue().encode(), folder)
        custom = pl.read_parquet(landed.path("custom"), use_pyarrow=True)
    oracle = list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1:]
    assert landed.records == len(oracle)
    assert landed.quarantined == 0
    assert landed.duplicates == len(oracle) - len({row[0] for row in oracle})
    for name, index in (("one", 1), ("two", 2)):
        if landed.custom_types[name] == "VARCHAR":
            expected = [row[index] if row[index].strip() else None for row in oracle]
            assert custom[name].to_list() == expected
        else:
            assert [str(v) if v is not None else "" for v in custom[name]] == [
                row[index].strip() for row in oracle
            ]


@given(RECORDS, st.data())
def test_a_damaged_file_conserves_its_records(records, data):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("key", "one", "two"), *records])
    content = bytearray(text.getvalue().encode())
    start = content.index(b"\n") + 1
    assume(len(content) > start)
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(start, len(content) - 1))
        damage = data.draw(st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b""]))
        content[position : position + 1] = damage
        if len(content) <= start:
            break
    with tempfile.TemporaryDirectory() as folder:
        try:
            landed = landed_from(bytes(content), folder)
        except BadInputError:
            assert not list((Path(folder) / "b").glob("*")), "a refused file leaves nothing"
            return
        lead = (
            pl.read_parquet(landed.path("lead"), use_pyarrow=True)
            if landed.rows.get("lead")
            else None
        )
    total = landed.landed + landed.duplicates + landed.quarantined
    assert total == landed.records
    assert (lead.height if lead is not None else 0) == landed.landed + landed.duplicates
    assert landed.quarantined == sum(landed.quarantined_by_reason.values())
