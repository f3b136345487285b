"""The Pollock scorer by the benchmark's definition, on files polluted as it pollutes its own."""

import csv
import importlib
import io
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = [
    ["day", "code", "price", "about"],
    *[[f"{i:02}/03/2020", f"AB-{i:03}", f"${i}.50", f'a, {i} "in" b'] for i in range(1, 25)],
]


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("bench_pollock")


@pytest.fixture
def cases(bench):
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(SOURCE)
    return list(bench.pollutions(text.getvalue().encode()))


def test_a_perfect_table_scores_ten_and_none_scores_nothing(bench):
    clean = [["a", "b"], ["1", "x"], ["2", "y"]]
    assert bench.score(clean, clean) == 10
    assert bench.score(clean, [["A", "b"], ["2", "Y"], ["1", "x"]]) >= 9
    assert bench.score(clean, None) == 0
    assert bench.score([], [["a"]]) == 10


def test_precision_and_recall_are_of_multisets(bench):
    clean = [["a"], ["1"], ["1"], ["2"]]
    # Header 3; records: 2 of 3 and 2 of 2; cells: 3 of 4 and 3 of 3.
    records = 2 / 3 + 1 + 2 * (2 / 3) / (2 / 3 + 1)
    cells = 3 / 4 + 1 + 2 * (3 / 4) / (3 / 4 + 1)
    found = bench.score(clean, [["a"], ["2"], ["1"]])
    assert found == pytest.approx(1 + 3 + records + cells)


@pytest.mark.parametrize(("text", "changed"), [("a, b\n1, 2\n", 0), ("a,b\n1, 2\n", 1)])
def test_a_blank_after_every_delimiter_is_part_of_it(bench, text, changed):
    case = bench.Case("x.csv", text.encode(), [["a", "b"], ["1", "mistyped"]], ",", '"', '"')
    assert bench.changed_records(case, bench.Loaded(["a", "b"], [["1", "2"]])) == changed


def test_every_kind_of_fault_is_made(bench, cases):
    rows, width = len(SOURCE), len(SOURCE[0])
    assert len(cases) == 22 + rows * (width + (width - 1) + width + 1)
    assert len({case.name for case in cases}) == len(cases)
    assert cases[0].clean == SOURCE


def test_salvage_is_at_least_as_good_as_the_best_reader_and_strict_changes_nothing(bench, cases):
    chosen = [case for case in cases if not case.name.startswith("row_")]
    chosen += [case for case in cases if case.name.startswith("row_")][3::17]
    results = bench.run(chosen, bench.READERS)
    for score in ("simple", "weighted"):
        for how in ("given", "detected"):
            ours = next(v for k, v in results.items() if k.startswith("salvage") and how in k)
            duck = next(v for k, v in results.items() if k.startswith("duckdb") and how in k)
            assert ours[score] >= duck[score], (score, how)
    for name, sums in results.items():
        if name.startswith("strict"):
            assert sums["changed_records"] == 0
