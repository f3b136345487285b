"""Every .sql file is one idea: it parses, and its header says what it is for."""

import re
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "pipelines").rglob("*.sql"))


def test_there_are_sql_files():
    assert len(FILES) > 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_has_a_header_and_parses(file):
    text = file.read_text(encoding="utf-8")
    assert text.startswith("-- purpose: "), "the first line says the purpose"
    if file.parent.name == "ledger":
        return  # SQLite's dialect; every test that opens a ledger runs it
    # {name} stands for an identifier that the stage fills in after checking it
    assert duckdb.extract_statements(re.sub(r"\{\w+\}", "x", text))
