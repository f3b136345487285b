"""Damaged files: nothing lost, nothing changed, nobody surprised; judged by a slow reader."""

import pytest

from pipelines.errors import BadInputError
from tests.oracles.csv_records import Choice, Rules, mutations, records_of
from tests.pipelines.load.csv_files import read, write

DIALECTS = [
    (Rules(), "\n"),
    (Rules(";", "'"), "\r\n"),
    (Rules("\t", '"', "\\"), "\n"),
    (Rules("|", ""), "\r\n"),
    (Rules(", "), "\n"),
]
FILES = 12


def table(rules, choose):
    cells = ["", "x", "O'Neil", "a b", '3"', "é", "\\", "a\\b", "2020-01-02"]
    if rules.quote:
        cells += ["two\nlines", "cr\r\nlf", "x" + rules.delimiter + "y", '""', "'"]
    width = choose(2, 7)
    rows = [[f"id{i}", *(cells[choose(0, len(cells) - 1)] for _ in range(width - 1))]
            for i in range(30)]  # fmt: skip
    return [["id", "name", "note", "mail", "phone", "x6", "x7"][:width], *rows]


@pytest.mark.parametrize("salvage", [False, True])
@pytest.mark.parametrize("index", range(len(DIALECTS)))
def test_damage_is_set_aside_and_the_rest_is_exact(tmp_path, index, salvage):
    rules, end = DIALECTS[index]
    choose = Choice(2026 + index)
    text = write(table(rules, choose), rules.delimiter, rules.quote, rules.escape, end)
    path = tmp_path / "file.csv"
    compared = 0
    for content in [text.encode(), *mutations(text.encode(), choose, FILES)]:
        path.write_bytes(content or b"\n")
        try:
            opened = read(
                path,
                salvage=salvage,
                delimiter=rules.delimiter,
                quote=rules.quote,
                escape=rules.escape,
                encoding="utf-8",
                header=True,
                skip=0,
            )
        except BadInputError:
            continue
        about = opened.records.about
        if about["newline"] == "\r" or about.get("header_repaired"):
            continue
        truth = records_of(content, rules, len(opened.records.headers))
        assert opened.records.total == len(truth)
        repaired = set(opened.records.repaired["row_number"])
        exact = [(n, *cells) for n, cells in enumerate(truth, start=1) if cells is not None]
        assert [row for row in opened.rows if row[0] not in repaired] == exact
        assert repaired <= {n for n, cells in enumerate(truth, start=1) if cells is None}
        for row in opened.quarantine.iter_rows(named=True):
            payload = row["payload"].encode()
            if b"\\x" not in payload:
                assert content[row["byte_offset"] :].startswith(payload)
        compared += 1
    assert compared > FILES / 2
