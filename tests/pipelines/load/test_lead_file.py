"""Reading the leads of a file without storing them gives what landing it stores."""

import io
import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from pipelines.errors import BadInputError
from pipelines.load import Mapping, land, open_leads
from pipelines.load.batches.tables import SCHEMAS
from tests.pipelines.load.conftest import AT

COLUMNS = [n for n in SCHEMAS["lead"] if n not in ("row_number", "source_id", "batch_id")]
CELL = st.sampled_from(
    [
        "",
        " ",
        "a",
        "5",
        "007",
        "-0",
        "1.50",
        "2.0",
        "1,5",
        "1e3",
        "nan",
        "123456789012345678",
        "é;x",
        "\u0663\u0660\u0660",
        "1\uff11",
        "1.\u0665",
        "1,\u0665",
        "48e-\u0663",
    ]
)
NUMBER = st.floats(allow_nan=True) | st.integers(-(10**18), 10**18).map(float)


def both(path: Path, mapping: Mapping | None, numbers: set[str], custom: list[str]):
    """Read `path` both ways: (leads, custom, unreadable) streamed, then the same as landed."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        open_leads(path, mapping=mapping, at=AT, scratch=Path(scratch)) as leads,
    ):
        leads.survey(custom, numbers)
        parts = [rows for _, rows in leads.batches(COLUMNS, custom, numbers, lambda rows: rows)]
        streamed = pl.concat(parts)
        unreadable = sorted(leads.unreadable)
        assert leads.records == streamed.height + len(unreadable)
    with tempfile.TemporaryDirectory() as folder:
        landed = land(path, kind="leads", mapping=mapping, batches_dir=Path(folder), at=AT)
        lead = pl.read_parquet(landed.path("lead"), memory_map=False).drop("batch_id")
        own = pl.read_parquet(landed.path("custom"), memory_map=False)
        aside = landed.path("quarantine")
        records = pl.read_parquet(aside)["record"].to_list() if aside.is_file() else []
        assert leads.source_system == landed.source_system
        assert set(leads.custom) == set(landed.custom_types)
    return streamed, lead, own, unreadable, sorted(records)


def features(numbers: set[str], custom: list[str]) -> list[pl.Expr]:
    """What features read of the custom columns: numbers and words."""
    kinds = {h: "number" if h in numbers else "category" for h in custom}
    chosen = [custom_feature(f"custom:{h}", k, Known.EXPORT_ONLY) for h, k in kinds.items()]
    FeatureSet(tuple(chosen), Vocabulary({f.name: ("a",) for f in chosen if f.kind == "category"}))
    return [
        (f.expr.cast(pl.Float32) if f.kind == "number" else f.expr).alias(f.name) for f in chosen
    ]


def assert_the_same(path: Path, mapping: Mapping | None, numbers: set[str], custom: list[str]):
    streamed, lead, own, unreadable, records = both(path, mapping, numbers, custom)
    assert unreadable == records
    assert_frame_equal(streamed.select(lead.columns), lead)
    prefixed = {h: f"custom:{h}" for h in custom}
    ours = streamed.select(features(numbers, custom))
    theirs = own.select(custom).rename(prefixed).select(features(numbers, custom))
    assert_frame_equal(ours, theirs, check_exact=True)


@given(
    st.lists(st.tuples(st.sampled_from(["", "x", "y", "z"]), CELL, CELL), min_size=1, max_size=12),
    st.sampled_from([".", ","]),
    st.booleans(),
)
def test_text_files(records, decimal, has_id):
    frame = pl.DataFrame(records, schema=["key", "n", "w"], orient="row")
    mapping = Mapping.model_validate(
        {
            "fields": {"source_id": "key"} if has_id else {"company": "key"},
            "numbers": {"decimal": decimal},
            "file": {"delimiter": ",", "encoding": "utf-8", "header": True},
        }
    )
    buffer = io.BytesIO()
    frame.write_csv(buffer, quote_style="always")
    readable = frame.filter(pl.any_horizontal(pl.all().str.strip_chars() != ""))
    if has_id:
        readable = readable.filter(pl.col("key") != "")
    if readable.is_empty():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_bytes(buffer.getvalue())
        assert_the_same(path, mapping, {"n"}, ["n", "w"])


@given(
    st.lists(st.tuples(st.none() | NUMBER, st.none() | CELL), min_size=1, max_size=12),
    st.sampled_from([pl.Float64, pl.Float32, pl.Int64, pl.UInt8, pl.String, pl.Boolean]),
    st.sampled_from([".", ","]),
)
def test_numbers_of_parquet_files_need_no_text(records, dtype, decimal):
    frame = pl.DataFrame(records, schema={"n": pl.Float64, "w": pl.String}, orient="row")
    number = pl.col("n").cast(dtype, strict=False)
    frame = frame.select(key=pl.int_range(pl.len()).cast(pl.String), n=number, same=number, w="w")
    mapping = Mapping.model_validate(
        {"fields": {"source_id": "key"}, "numbers": {"decimal": decimal}}
    )
    with tempfile.TemporaryDirectory() as folder:
        frame.write_parquet(Path(folder) / "f.parquet")
        # `same` is read as words: of these the text counts, and the type of the whole column.
        assert_the_same(Path(folder) / "f.parquet", mapping, {"n"}, ["n", "same", "w"])


def test_crm_exports(tmp_path):
    content = (
        "Id,LastName,Email,Phone,Country,CreatedDate,IsConverted,NumberOfEmployees,Score__c\n"
        "00Q5f0000000000EAA,Lee,lee@acme.de,,,2024-01-01T10:00:00.000+0000,true,10,1\n"
        "00Q5f0000000001,Ray,,+31612345678,,2024-01-02T10:00:00.000+0000,false,x,2\n"
        ",May,,,France,2024-01-02,,,3\n"
        "00Q5f0000000003,Fay,none@none.com,0612345678,Netherlands,2024-01-02,,,4,5\n"
        '00Q5f0000000004,Kay,Kay <kay@x.example>,0612345678,Netherlands,,,"1,200",5\n'
    )
    (tmp_path / "sf.csv").write_text(content)
    assert_the_same(tmp_path / "sf.csv", None, {"Score__c"}, ["Score__c"])


def test_digits_of_other_scripts_are_unreadable_numbers(tmp_path):
    texts = {
        "Employees": "\u0663\u0660\u0660",
        "Annual Revenue": "48e-\u0663",
        "Created": "\u0661" * 13,
        "own": "\u0663\u0660\u0660",
    }
    frame = pl.DataFrame([{"key": "1"} | texts, {"key": "2"} | dict.fromkeys(texts, "5")])
    frame.write_csv(tmp_path / "f.csv")
    fields = {
        "source_id": "key",
        "employees": "Employees",
        "annual_revenue": "Annual Revenue",
        "created_at": "Created",
    }
    mapping = Mapping.model_validate({"fields": fields})
    landed = land(tmp_path / "f.csv", kind="leads", mapping=mapping, batches_dir=tmp_path, at=AT)
    lead = pl.read_parquet(landed.path("lead"), memory_map=False)
    assert lead["employees"].to_list() == [None, 5]
    assert lead["annual_revenue"].to_list() == [None, 5.0]
    assert lead["created_at"].to_list() == [None, None]
    assert landed.unreadable == {"employees": 1, "annual_revenue": 1, "created_at": 2}
    assert landed.custom_types == {"own": "VARCHAR"}
    assert_the_same(tmp_path / "f.csv", mapping, {"own"}, ["own"])


def test_lines_that_are_no_json_are_unreadable(tmp_path):
    rows = [{"source_id": str(i), "n": i, "w": "a"} for i in range(3)]
    lines = [json.dumps(row) for row in rows]
    (tmp_path / "f.jsonl").write_text("\n".join([lines[0], "nope", lines[1], "[1]", lines[2]]))
    streamed, _, _, unreadable, records = both(tmp_path / "f.jsonl", None, {"n"}, ["n", "w"])
    assert unreadable == records == [2, 4]
    assert streamed["row_number"].to_list() == [1, 3, 5]


def test_custom_columns_may_be_called_like_ours(tmp_path):
    (tmp_path / "f.csv").write_text("key,company,firm,title\n1,a,Acme,x\n2,b,Beta,y\n")
    fields = {"source_id": "key", "company": "firm", "title": "=CFO"}
    mapping = Mapping.model_validate({"fields": fields})
    assert_the_same(tmp_path / "f.csv", mapping, set(), ["company", "title"])


def test_only_the_columns_asked_for_are_read(tmp_path):
    (tmp_path / "f.csv").write_text("source_id,company,title\n1,Acme,CFO\n")
    with open_leads(tmp_path / "f.csv", mapping=None, at=AT, scratch=tmp_path / "s") as leads:
        ((ids, rows),) = leads.batches(["title"], [], [], lambda rows: rows)
    assert ids.columns == ["row_number", "source_id"]
    assert rows.columns == ["source_id", "row_number", "title"]


def test_without_an_id_a_record_may_show_in_any_column(tmp_path):
    (tmp_path / "f.csv").write_text("company,title\nAcme,\n,CFO\n,\n")
    with open_leads(tmp_path / "f.csv", mapping=None, at=AT, scratch=tmp_path) as leads:
        ((ids, _),) = leads.batches(["title"], [], [], lambda rows: rows)
    assert ids["row_number"].to_list() == [1, 2]
    assert leads.unreadable == [3]


def test_records_that_got_lost_are_noticed(tmp_path):
    (tmp_path / "f.csv").write_text("source_id,company\n1,A\n2,B\n")
    with open_leads(tmp_path / "f.csv", mapping=None, at=AT, scratch=tmp_path) as leads:
        leads.records += 1
        with pytest.raises(BadInputError, match="2 records were read as leads"):
            list(leads.batches(["company"], [], [], lambda rows: rows))
