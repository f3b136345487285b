"""Damages CSV files of every dialect and encoding, and checks that nothing is lost or changed.

Run from the repository root::

    .uv/bin/uv run python benchmarks/sweep_csv.py [--files 2000] [--seed 1]

Every file is a table whose cells are known, written in some dialect, encoding and line end, with
some of its records damaged. It is read strictly and by salvage, with the dialect given and
detected. Independently of the reader: every record that was not damaged is loaded as it was
written or stands in the payload of one that was set aside; strict loads nothing else but what
Python's csv makes of a damaged record by itself; loaded and set aside add up; an archive that was
cut or changed is refused. A reader may ask for the dialect instead.
"""

import argparse
import csv
import gzip
import io
import random
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.discover import inspect
from pipelines.load.read.reader import open_records
from pipelines.store import Database

HEADER = ["id", "name", "mail", "note", "city", "day", "amount"]
ENCODINGS = {
    "utf-8": "",
    "utf-8-sig": "",
    "utf-16": "",
    "utf-16-le": "",
    "utf-16-be": "",
    "latin-1": "",
    "cp1252": "\u20ac\u2019",
}
ENDS = ("\n", "\r\n", "\r", "mixed")
DIALECTS = ((",", '"'), (";", '"'), ("\t", '"'), ("|", '"'), (",", "'"), (";", ""), ("^", '"'))
_JUNK = "\ufffd"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """One damaged file and what is known of it.

    Parameters
    ----------
    good : list of tuple of str
        The records that were not damaged.
    damaged : list of str
        The text of the others, as written.
    """

    content: bytes
    good: list[Row]
    damaged: list[str]
    delimiter: str
    quote: str
    end: str
    encoding: str
    kinds: tuple[str, ...]


def sample(chance: random.Random) -> Sample:
    """Return a table of some 40 records of which some are damaged."""
    delimiter, quote = chance.choice(DIALECTS)
    encoding, end = chance.choice(list(ENCODINGS)), chance.choice(ENDS)
    kinds = tuple(chance.sample(list(DAMAGES), chance.randint(1, 3)))
    share = chance.choice((0.0, 0.05, 0.3))
    every_quoted = bool(quote) and chance.random() < 0.3
    good: list[Row] = []
    damaged: list[str] = []
    lines = [_spelt(HEADER, delimiter, quote, every_quoted)]
    for number in range(chance.randint(12, 60)):
        row = _row(number, chance, encoding, delimiter, quote, end)
        text = _spelt(row, delimiter, quote, every_quoted)
        if number and chance.random() < share:
            text = DAMAGES[chance.choice(kinds)](text, row, chance, delimiter, quote)
            damaged.append(text)
        else:
            good.append(tuple(row))
        lines.append(text)
        if chance.random() < 0.02:
            lines.append("")
    ended = "".join(line + (chance.choice(("\n", "\r\n")) if end == "mixed" else end)
                    for line in lines)  # fmt: skip
    if chance.random() < 0.15:
        last = lines[-1] or lines[-2]
        cut = chance.randint(1, len(last))
        ended = ended.rstrip("\r\n")[:-cut]
        if last not in damaged:
            good.pop()
        damaged.append(last[:-cut])
    elif chance.random() < 0.2:
        ended = ended.rstrip("\r\n")
    return Sample(_encoded(ended, encoding), good, damaged, delimiter, quote, end, encoding, kinds)


def _encoded(text: str, encoding: str) -> bytes:
    """Encode a text, with bytes that are no character for U+FFFD where the encoding has such."""
    plain = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    mark = {"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}.get(encoding, b"")
    junk = {"utf-8": b"\xff", "utf-16-le": b"\x00\xd8", "utf-16-be": b"\xd8\x00"}
    parts = [part.encode(plain) for part in text.split(_JUNK)]
    return mark + junk.get(plain, b"\x81").join(parts)


def _row(
    number: int, chance: random.Random, encoding: str, delimiter: str, quote: str, end: str
) -> list[str]:
    words = ["", "plain", "two words", "\u00e9t\u00e9", "O'Neil", '5" pipe', "x" * 300, "=1+1"]
    words += list(ENCODINGS[encoding]) or ["z"]
    if quote:
        words += [f"a{delimiter}b", f"{quote}said{quote}", "'quoted'", " lead"]
        words += ["two\nlines"] * (end != "\r") + ["cr\r\nlf"] * (end == "\n")
    note, city = chance.choice(words), chance.choice(words)
    day = f"20{chance.randint(10, 26)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}"
    return [f"id{number:05}", chance.choice(words), f"p{number}@x.example", note, city, day,
            str(chance.randint(1, 99999))]  # fmt: skip


def _spelt(row: list[str], delimiter: str, quote: str, every: bool) -> str:
    def cell(text: str) -> str:
        if not quote:
            return text
        needs = every or text.startswith((" ", "\t"))
        if not (needs or any(c in text for c in (delimiter, quote, "\n", "\r"))):
            return text
        return quote + text.replace(quote, quote * 2) + quote

    return delimiter.join(map(cell, row))


def _ragged(text: str, row: list[str], chance: random.Random, delimiter: str, quote: str) -> str:
    del quote
    parts = text.split(delimiter)
    at = chance.randrange(len(parts))
    parts[at : at + 1] = chance.choice(([], [parts[at], ""], [parts[at], "x", "y"]))
    return delimiter.join(parts)


def _quoted(text: str, row: list[str], chance: random.Random, delimiter: str, quote: str) -> str:
    at = chance.choice((0, len(text), chance.randrange(len(text)), text.find(delimiter) + 1))
    return text[:at] + (quote or '"') + text[at:]


def _with(junk: str):  # type: ignore[no-untyped-def]
    def damage(text: str, row: list[str], chance: random.Random, *_: str) -> str:
        at = chance.randrange(len(text))
        return text[:at] + junk + text[at:]

    return damage


DAMAGES = {
    "ragged": _ragged,
    "quote": _quoted,
    "nul": _with("\0"),
    "byte": _with(_JUNK),
    "cr": _with("\r"),
    "line end": _with("\n"),
    "huge": lambda text, row, chance, d, q: (
        text + "h" * (2_200_000 if chance.random() < 0.1 else 70_000)
    ),
    "other delimiter": lambda text, row, chance, d, q: text.replace(d, ";" if d != ";" else ","),
    "header": lambda text, row, chance, d, q: d.join(HEADER),
    "cut": lambda text, row, chance, d, q: text[: chance.randrange(1, len(text))],
    "blanks": lambda text, row, chance, d, q: "  " + text.replace(d, f" {d} "),
}


def check(one: Sample, folder: Path, *, salvage: bool, is_told: bool) -> str:
    """Read a sample; return what became of it, or raise AssertionError."""
    path = folder / "file.csv"
    path.write_bytes(one.content)
    given = FileDialect(
        **({"delimiter": one.delimiter, "quote": one.quote, "escape": "", "header": True, "skip": 0,
            "encoding": one.encoding} if is_told else {})
    )  # fmt: skip
    with tempfile.TemporaryDirectory(dir=folder) as scratch, Database.memory(0.5, 1) as db:
        try:
            records = open_records(inspect(path), given, db, Path(scratch), salvage=salvage)
            rows = [row for frame in records.batches(db) for row in frame.iter_rows()]
        except BadInputError as error:
            return f"asked: {_shown(error)}"
        aside = list(records.broken)
    assert records.total == len(rows) + len(aside), "conservation"
    if not is_told and (records.about["delimiter"], len(records.headers)) != (
        one.delimiter,
        len(HEADER),
    ):
        return "read otherwise"
    repaired = set(records.repaired["row_number"])
    assert not (repaired and not salvage)
    exact = [_text(row[1:]) for row in rows if row[0] not in repaired]
    _nothing_changed(one, exact)
    _nothing_lost(one, exact, [_text(r[1:]) for r in rows], [b.payload for b in aside])
    return "read"


def _shown(error: BadInputError) -> str:
    return re.sub(r"'[^']*'|\d+", "..", str(error)).partition(";")[0]


def _text(cells: tuple[object, ...]) -> Row:
    return tuple("" if cell is None else str(cell) for cell in cells)


def _nothing_changed(one: Sample, exact: list[Row]) -> None:
    """Every record that was not repaired is one that was written, or csv's reading of one."""
    known = set(one.good) | {row for text in one.damaged for row in _by_csv(text, one)}
    # Latin-1 knows every byte; beside plain ASCII a byte may be of any encoding.
    for char in ("\x81", "\xff"):
        known |= {tuple(cell.replace(_JUNK, char) for cell in row) for row in known}
    for row in exact:
        assert row in known, f"changed: {row}"


def _by_csv(text: str, one: Sample) -> set[Row]:
    dialect = {"delimiter": one.delimiter, "quotechar": one.quote or None}
    quoting = csv.QUOTE_MINIMAL if one.quote else csv.QUOTE_NONE
    found: set[Row] = set()
    for part in (text, *text.splitlines(), *text.split("\n")):
        for cut in {part, part.rstrip("\r\n")}:
            rows = csv.reader(io.StringIO(cut, newline=""), **dialect, quoting=quoting)  # type: ignore[arg-type]
            found |= {tuple(row) for row in rows}
    return found


def _nothing_lost(one: Sample, exact: list[Row], every: list[Row], payloads: list[str]) -> None:
    """Every record that was not damaged is loaded, or is in what was set aside or repaired."""
    missing = Counter(one.good) - Counter(exact)
    rest = "\n".join(payloads) + "\n".join("\n".join(row) for row in every if row not in exact)
    for row in missing:
        assert row[0] in rest, f"lost: {row}"


def archives(chance: random.Random, folder: Path) -> None:
    """Check that an archive is read whole or not at all."""
    text = "".join(f"{i},a{i}@x.example\n" for i in range(chance.randint(10, 9_000)))
    content = f"id,email\n{text}".encode()
    packed = gzip.compress(content)
    if chance.random() < 0.5:
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(content)
        packed = sink.getvalue().to_pybytes()
    path = folder / "file.csv.gz"
    path.write_bytes(packed[: chance.randrange(4, len(packed))])
    with tempfile.TemporaryDirectory(dir=folder) as scratch, Database.memory(0.5, 1) as db:
        try:
            open_records(inspect(path), FileDialect(), db, Path(scratch))
        except BadInputError:
            return
    raise AssertionError("an archive that was cut was read")


def main() -> None:
    """Print how many files were read, asked about and read otherwise; fail on the first fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--why", action="store_true", help="count what readers ask")
    arguments = parser.parse_args()
    csv.field_size_limit(1 << 24)
    counts: Counter[str] = Counter()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(arguments.files):
            chance = random.Random(f"{arguments.seed}-{number}")  # noqa: S311 - no secret
            one = sample(chance)
            salvage, is_told = bool(number & 1), bool(number & 2)
            title = f"{'salvage' if salvage else 'strict'}, {'given' if is_told else 'detected'}"
            try:
                found = check(one, Path(folder), salvage=salvage, is_told=is_told)
                counts[f"{title}: {found if arguments.why else found.partition(':')[0]}"] += 1
                if number % 10 == 0:
                    archives(chance, Path(folder))
                    counts["archives refused"] += 1
            except Exception as error:  # noqa: BLE001 - the sweep goes on, and fails at its end
                faults += 1
                told = (one.delimiter, one.quote, one.end, one.encoding, one.kinds)
                print(f"file {number} {title} {told}: {type(error).__name__}: {str(error)[:300]}")
    for title, count in sorted(counts.items()):
        print(f"{count:7} {title}")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
