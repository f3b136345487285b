"""`load --dry-run`: what every file was understood as, at any width of the screen."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len, set_cell_size

from pipelines.console.screen import cell, emit_json, note, out, say
from pipelines.errors import BadInputError
from pipelines.load import Preview, preview
from pipelines.runs.load import LoadRequest
from pipelines.settings.clock import now
from pipelines.settings.home import Home

_INDENT = "  "
_NAME_WIDTH = 28
_ROW_WIDTH = 20
# More empty columns than that are counted, and so many of them named.
_FEW_EMPTY = 5
_NAMED_EMPTY = 12
# A terminal obeys control characters, and a line end in a cell would end the line.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_OWN = frozenset({"row_number", "ingested_at", "batch_id", "source_system"})


def show_preview(*requests: LoadRequest, as_json: bool) -> None:
    """Show what the files are understood as; nothing is stored.

    Raises
    ------
    BadInputError
        The first file that cannot be used, after all others were shown.
    """
    found: list[Preview] = []
    failed: list[tuple[Path, BadInputError]] = []
    for file, request in [(file, one) for one in requests for file in one.files]:
        try:
            found.append(_preview(file, request))
        except BadInputError as error:
            failed.append((file, error))
        else:
            if not as_json:
                _show(found[-1], out.width)
    if as_json and not failed:
        emit_json({"files": [one.to_json() for one in found]})
    elif found and not as_json:
        say("Nothing was stored.")
    for file, why in failed[1:]:
        note(str(_of(why, file)))
    if failed:
        file, why = failed[0]
        raise _of(why, file) from why


def _of(why: BadInputError, file: Path) -> BadInputError:
    """Name the file at fault, unless the error does."""
    found = why.found if file.name in why.found else f"{file.name}: {why.found}"
    return BadInputError(found, why.expected, why.fix)


def _preview(file: Path, request: LoadRequest) -> Preview:
    return preview(
        file,
        kind=request.kind,
        mapping=request.mapping,
        at=now(),
        source_system=request.source_system,
        batches_dir=Home.locate().batches,
        salvage=request.salvage,
    )


def _show(one: Preview, width: int) -> None:
    preset = f"{one.preset}, confidence {one.confidence:.2f}" if one.preset else "no preset"
    dialect = ", ".join(f"{_plain(k.replace('_', ' '))} {_told(v)}" for k, v in one.dialect.items())
    say(f"{_plain(one.file_name)}: {one.records:,} records, {one.kind}")
    _topic("source", f"{one.source_system}, named by the {one.source_from}", width)
    _topic("file", dialect, width)
    _topic("mapping", f"{preset}: {one.reason}", width)
    _show_columns(one, width)
    _show_first(one, width)
    say(f"{_INDENT}problems" if _has_problems(one) else f"{_INDENT}no problems")
    _show_problems(one, width)
    say()


def _show_columns(one: Preview, width: int) -> None:
    plain = {column.header for column in one.columns if column.becomes == "custom"}
    empty = [header for header in one.empty if header in plain]
    grouped = set(empty) if len(empty) > _FEW_EMPTY else set()
    # A canonical field has features of its own; what is custom becomes one or not.
    rows = [
        (
            column.header,
            column.becomes or "not loaded",
            column.type,
            "no feature" if column.becomes.startswith("custom") and not column.is_feature else "",
        )
        for column in one.columns
        if column.header not in grouped
    ]
    rows += [(f"= {value}", name, "constant", "") for name, value in one.constants.items()]
    say(f"{_INDENT}columns")
    _table([("column", "becomes", "type", ""), *rows], width)
    if grouped:
        shown = ", ".join(empty[:_NAMED_EMPTY]) + (", ..." if len(empty) > _NAMED_EMPTY else "")
        where = f"custom, empty in the {one.sampled:,} records looked at"
        _wrapped("    ", _plain(f"and {len(empty)} more columns ({where}): {shown}"), width)


def _show_first(one: Preview, width: int) -> None:
    """Show records side by side: there are more columns than a screen is wide."""
    names = [n for n in one.first.columns if n not in _OWN and one.first[n].count()]
    count = min(one.first.height, max(1, (width - _NAME_WIDTH) // _ROW_WIDTH))
    if not names or not count:
        return
    say(f"{_INDENT}first records as they would be stored; shown here and kept nowhere")
    first = one.first.head(count)
    numbers = [f"record {number}" for number in first["row_number"]]
    rows = [(name, *("" if v is None else cell(v) for v in first[name])) for name in names]
    _table([("", *numbers), *rows], width)


def _has_problems(one: Preview) -> bool:
    return bool(one.problems or one.refusal or one.quarantined_by_reason or one.drift)


def _show_problems(one: Preview, width: int) -> None:
    lines = [f"load would refuse this file: {one.refusal}"] if one.refusal else []
    for reason, count in one.quarantined_by_reason.items():
        places = ", ".join(one.quarantined_at[reason])
        more = ", ..." if count > len(one.quarantined_at[reason]) else ""
        lines.append(f"{count:,} records would be set aside, {reason}: {places}{more}")
    lines += [*one.problems, *one.drift.lines()]
    for line in lines:
        _wrapped("    ! ", _plain(line), width)


def _topic(name: str, text: str, width: int) -> None:
    _wrapped(f"{_INDENT}{name:<9}", _plain(text), width)


def _wrapped(start: str, text: str, width: int) -> None:
    indent = " " * len(start)
    for line in textwrap.wrap(
        start + text, width, subsequent_indent=indent, break_on_hyphens=False
    ):
        say(line)


def _table(rows: Sequence[Sequence[str]], width: int) -> None:
    """Write a table in which every line fits the screen; what does not is cut."""
    plain = [[_plain(text) for text in row] for row in rows]
    longest = [max(cell_len(text) for text in column) for column in zip(*plain, strict=True)]
    indent, gap = 2 * _INDENT, 2
    first = min(longest[0], _NAME_WIDTH)
    left = width - len(indent) - first
    sizes = [first, *_fitted(longest[1:], left - gap * (len(longest) - 1))]
    for row in plain:
        cells = (_cut(text, size) for text, size in zip(row, sizes, strict=True))
        say((indent + (" " * gap).join(cells)).rstrip())


def _fitted(longest: Iterable[int], width: int) -> list[int]:
    """Share the width: who needs less than an even share leaves the rest to the others."""
    wanted = list(longest)
    sizes = dict.fromkeys(range(len(wanted)), 0)
    for done, index in enumerate(sorted(sizes, key=lambda i: wanted[i])):
        sizes[index] = max(1, min(wanted[index], width // (len(wanted) - done)))
        width -= sizes[index]
    return [sizes[index] for index in range(len(wanted))]


def _cut(text: str, size: int) -> str:
    if cell_len(text) <= size:
        return set_cell_size(text, size)
    return set_cell_size(text, size - 1) + "…"


def _told(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A sign such as a tab is told by its escape.
    return repr(value) if isinstance(value, str) and not value.isalnum() else str(value)


def _plain(text: str) -> str:
    return _CONTROL.sub("·", text)
