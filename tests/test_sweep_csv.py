"""A few files of the sweep over damaged CSV files; `benchmarks/sweep_csv.py` runs thousands."""

import importlib
import random
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = 12


@pytest.fixture
def sweep(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("sweep_csv")
    before = module.csv.field_size_limit(1 << 24)
    yield module
    module.csv.field_size_limit(before)


@pytest.mark.parametrize("salvage", [False, True])
@pytest.mark.parametrize("is_told", [False, True])
def test_nothing_is_lost_or_changed(sweep, tmp_path, salvage, is_told):
    chance = random.Random(f"{salvage}{is_told}")  # noqa: S311 - no secret
    found = [
        sweep.check(sweep.sample(chance), tmp_path, salvage=salvage, is_told=is_told)
        for _ in range(FILES)
    ]
    assert found.count("read") > FILES / 2


def test_an_archive_is_read_whole_or_not_at_all(sweep, tmp_path):
    for number in range(4):
        sweep.archives(random.Random(number), tmp_path)  # noqa: S311 - no secret


@pytest.mark.parametrize("fault", ["changed", "lost"])
def test_the_sweep_finds_a_fault(sweep, tmp_path, fault):
    one = sweep.sample(random.Random(4))  # noqa: S311 - no secret
    first = one.good[0]
    other = ("id99999", *first[1:])
    good = [other, *one.good[1:]] if fault == "changed" else [other, *one.good]
    with pytest.raises(AssertionError, match=fault):
        sweep.check(replace(one, good=good), tmp_path, salvage=False, is_told=True)
