"""Progress lines, tables and JSON; results go to standard output, everything else to error."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

# A file or a pipe has no width; tables written there must not be folded at 80 columns.
_PIPE_WIDTH = 160

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PIPE_WIDTH)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class StageProgress:
    """Shows stages as they run: a spinner on a terminal, one line per finished stage anywhere."""

    def __init__(self) -> None:
        self._status: Status | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def __call__(self, name: str, counts: Mapping[str, int] | None, seconds: float) -> None:
        """Take a stage's start (counts None) or end; see `pipelines.runs.context.Progress`."""
        self._stop()
        if counts is None:
            if err.is_terminal:
                self._status = err.status(f"{name} ...")
                self._status.start()
            return
        shown = "  ".join(f"{key} {value:,}" for key, value in counts.items())
        err.print(f"  {name:<16} {seconds:6.1f} s  {shown}", markup=False)

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def emit_json(value: object) -> None:
    """Write one JSON document to standard output."""
    sys.stdout.write(as_json_text(value))


def as_json_text(value: object) -> str:
    """Return one JSON document as text."""
    return json.dumps(value, default=_plain, ensure_ascii=False, indent=2) + "\n"


def say(text: str = "") -> None:
    """Write one line to standard output."""
    out.print(text, markup=False)


def note(text: str) -> None:
    """Write one line to standard error."""
    err.print(text, markup=False)


def show_table(
    title: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: Sequence[int] = (),
) -> None:
    """Write a table to standard output; columns numbered in `right` are right-aligned."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_edge=False)
    for position, header in enumerate(headers):
        last = position == len(headers) - 1
        table.add_column(
            header,
            justify="right" if position in right else "left",
            overflow="fold",
            no_wrap=not last,
        )
    for row in rows:
        table.add_row(*(escape(cell(value)) for value in row))
    out.print(table)


def cell(value: object) -> str:
    """Word one value for a table."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


def _number(value: Decimal) -> int | float | str:
    """Return the JSON number of a decimal; its digits as text where a number would lose some."""
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)
