"""A sweep of damaged files of every kind and format: land and merge lose and invent nothing."""

import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import BadInputError
from pipelines.load import Landed, Mapping, land, merge
from pipelines.load.meaning.kinds import KINDS
from pipelines.store import Database, create_tables
from tests.pipelines.load.conftest import AT

ROWS = 12
# Two records of one id in every kind, so that something is superseded.
IDS = [str(min(n, ROWS - 2)) for n in range(ROWS)]
WHO = {"lead_source_id": IDS, "email": [f"p{n}@x.example" for n in range(ROWS)]}
AT_ALL = ["2024-05-05 10:00:00"] * ROWS
FILES = {
    "leads": {"source_id": IDS, "email": WHO["email"], "do_not_call": ["", "yes"] * 6},
    "activities": {**WHO, "activity_id": IDS, "at": AT_ALL, "channel": ["call"] * ROWS},
    "outcomes": {**WHO, "outcome_id": IDS, "milestone": ["won"] * ROWS, "occurred_at": AT_ALL},
    "consent": {**WHO, "consent_id": IDS, "status": ["opt_in", "opt_out"] * 6},
    "suppressions": {"email": WHO["email"], "channel": ["email", "phone"] * 6},
    "attempts": {**WHO, "attempt_id": IDS, "at": AT_ALL, "channel": ["email"] * ROWS},
    "customers": {"customer_id": IDS, "email": WHO["email"]},
    "registry": {"registry": ["us_dnc"] * ROWS, "phone": [f"+1202555{n:04}" for n in range(ROWS)]},
}
BYTES = st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"", b"{", b"}", b"\n\n"])
CELLS = st.sampled_from([None, "", " ", "soon", "=1", "\u00e9", "0", "a,b", '"', "x\ny"])
DAMAGE = st.lists(st.tuples(st.floats(0, 1), BYTES), min_size=1, max_size=5)


def written(frame: pl.DataFrame, form: str) -> bytes:
    out = io.BytesIO()
    {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[form](out)
    return out.getvalue()


def damaged(content: bytes, form: str, damage) -> bytes:
    """Damage bytes anywhere behind the header."""
    changed = bytearray(content)
    first = content.index(b"\n") + 1 if form == "csv" else 0
    for place, junk in damage:
        position = first + int(place * (len(changed) - first - 1))
        changed[position : position + 1] = junk
    return bytes(changed)


def landed_from(content: bytes, kind: str, form: str, place: Path) -> Landed | None:
    folder = Path(tempfile.mkdtemp(dir=place))
    path = folder / f"f.{form}"
    path.write_bytes(content)
    given = {"source_system": "crm"}
    if form == "csv":
        given["file"] = {"delimiter": ",", "quote": '"', "header": True}
    try:
        mapping = Mapping.model_validate(given)
        return land(path, kind=kind, mapping=mapping, batches_dir=folder / "b", at=AT)
    except BadInputError:
        assert not list(folder.glob("b/*/batch.json")), "a refused file leaves nothing"
        return None


def check(db: Database, batch: Landed) -> None:
    """Count again what the record says, from the files and the tables."""
    table = KINDS[batch.kind].table
    heights = {
        name: pl.read_parquet(batch.path(name)).height if batch.path(name).exists() else 0
        for name in ("quarantine", "superseded")
    }
    assert heights == {"quarantine": batch.quarantined, "superseded": batch.duplicates}
    before = db.scalar(f"SELECT count(*) FROM {table}")
    counts = merge(db, [batch], AT)[0]
    assert batch.records == sum(
        (counts.loaded, counts.updated, counts.unchanged, counts.duplicates, counts.quarantined)
    )
    if table != "suppression":
        assert db.scalar(f"SELECT count(*) FROM {table}") == before + counts.loaded
    again = merge(db, [batch], AT)[0]
    assert (again.updated, again.unchanged) == (0, batch.landed) or table == "suppression"


@pytest.mark.parametrize("kind", list(FILES))
def test_bytes_are_damaged(kind, tmp_path):
    with Database.memory(0.5) as db:
        create_tables(db)

        @settings(max_examples=5, database=None)
        @given(st.sampled_from(["csv", "jsonl"]), DAMAGE)
        def sweep(form, damage):
            content = damaged(written(pl.DataFrame(FILES[kind]), form), form, damage)
            batch = landed_from(content, kind, form, tmp_path)
            if batch is None:
                return
            if form == "jsonl":
                lines = content.replace(b"\r", b" ").split(b"\n")
                assert batch.records == sum(1 for line in lines if line.strip())
            check(db, batch)

        sweep()


@pytest.mark.parametrize("kind", list(FILES))
def test_cells_are_damaged(kind, tmp_path):
    with Database.memory(0.5) as db:
        create_tables(db)

        @settings(max_examples=5, database=None)
        @given(
            st.sampled_from(["csv", "jsonl", "parquet"]),
            st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(0, 4), CELLS), max_size=9),
        )
        def sweep(form, changes):
            table = {name: list(cells) for name, cells in FILES[kind].items()}
            names = list(table)
            for row, column, cell in changes:
                table[names[column % len(names)]][row] = cell
            frame = pl.DataFrame(table, schema=dict.fromkeys(names, pl.String))
            batch = landed_from(written(frame, form), kind, form, tmp_path)
            if batch is None:
                return
            assert batch.records == ROWS
            check(db, batch)

        sweep()
