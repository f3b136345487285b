"""A register that comes as changes is refused, whatever its columns are called."""

import polars as pl
import pytest

from pipelines.errors import RefusedError
from pipelines.load.rows.register_changes import refuse_changes

NUMBERS = ["+12125550101", "+12125550102", "+12125550103"]


def _file(header, words):
    return pl.DataFrame({"row_number": [1, 2, 3], "phone": NUMBERS, header: words})


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("flag", ["A", "D", "A"]),
        ("Type", ["add", "REMOVE ", None]),
        ("Add/Delete", ["A", "A", "A"]),
        ("change_type", ["new", "new", ""]),
        ("x", ["+", "-", "+"]),
    ],
)
def test_changes_are_refused(header, words):
    with pytest.raises(RefusedError, match="comes as changes"):
        refuse_changes(_file(header, words))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("flag", ["A", "B", "C"]),
        ("type", ["residential", "mobile", "add"]),
        ("status", ["new", "new", "new"]),
        ("action", [None, None, ""]),
        ("list", ["DNC", "DNC", "DNC"]),
    ],
)
def test_a_copy_is_none_of_them(header, words):
    refuse_changes(_file(header, words))
