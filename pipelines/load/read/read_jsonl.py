"""JSON lines: every key of any line is a column; lines that are no object are set aside."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from pipelines.errors import BadInputError
from pipelines.load.read.aside import Aside
from pipelines.load.read.discover import Compression, InputFile
from pipelines.load.read.json_document import container_of, write_lines
from pipelines.load.read.json_lines import LineScreen
from pipelines.load.read.nested import Names, lifted
from pipelines.load.read.places import Numbers, lines_of_records
from pipelines.load.read.records import Records, unique_headers
from pipelines.load.read.source import open_bytes
from pipelines.store import Database, sql

MAX_KEYS = 4096
_HEAD_BYTES = 1 << 20
# A string, or a number as it is written.
_TEXT_OR_NUMBER = r'("(?:[^"\\]|\\.)*")|(-?[0-9][0-9.eE+\-]*)'
# The parser keeps whole numbers, and short fractions; -0, 1.10, 1e5, 0.00001 and what is longer
# than a double it would write in another way. A number follows one of these signs.
_RESPELT = (
    r"[:,\[][ \t]*(?:-0[ \t,}\]]|-?[0-9]+(?:\.[0-9]+0[ \t,}\]]|[0-9.]*[eE])"
    r"|-?0\.000|-?[0-9.]{17})"
)


def open_jsonl(file: InputFile, db: Database, scratch: Path) -> Records:
    """Understand a JSON-lines file: its keys and its number of lines.

    One JSON array, an object around one, and objects that run over several lines are read as well.
    Numbers stay as they are written. Objects give columns of their own, see `nested`; lists stay
    JSON text.

    Parameters
    ----------
    scratch : pathlib.Path
        Folder for a copy of what the reader cannot take as it is; must live as long as the records
        are read.

    Raises
    ------
    BadInputError
        No line of the file is a JSON object, there are more than `MAX_KEYS` keys, or the file ends
        in the middle.
    """
    name = file.path.name
    about: dict[str, object] = {
        "format": "jsonl",
        "compression": file.compression,
        "encoding": "utf-8",
    }
    path, compression = file.path, file.compression
    with open_bytes(path, compression) as stream:
        container = container_of(stream.read(_HEAD_BYTES))
    if container is not None:
        lines = scratch / "document.jsonl"
        with open_bytes(path, compression) as stream, lines.open("wb") as sink:
            if write_lines(stream, sink, container, name):
                path, compression = lines, None
                about["records_in"] = container.partition("@")[0]
    screen = LineScreen(Aside(scratch))
    with open_bytes(path, compression) as stream:
        screen.run(stream)
    taken = path
    if not screen.is_clean or not _is_readable(path, compression):
        taken, screen = _copy(path, compression, scratch)
    keys, bad = _keys(db, taken)
    if bad:
        taken, screen = _copy(path, compression, scratch, bad)
    if not keys:
        raise BadInputError(
            f"{name} has no line that is a JSON object",
            expected="one JSON object per line, or one array of objects",
            fix="export as JSON lines",
        )
    if len(keys) > MAX_KEYS:
        raise BadInputError(
            f"{name} has {len(keys)} different keys",
            expected=f"at most {MAX_KEYS}",
            fix="export the same fields for every record",
        )
    places = lifted(keys, partial(_names_in, db, taken), MAX_KEYS)
    keys = [key for key, _ in places]
    pointers = {f"k{i}": pointer for i, (_, pointer) in enumerate(places)}
    columns = ",\n    ".join(f"cells[{i + 1}] AS c{i}" for i in range(len(keys)))
    return Records(
        file_name=name,
        headers=unique_headers(keys),
        total=screen.records,
        query=_statement("read_jsonl.sql")
        .replace("__columns__", columns)
        .replace("__pointers__", ", ".join(f"${name}" for name in pointers)),
        params={"path": str(taken), "respelt": _RESPELT, "token": _TEXT_OR_NUMBER, **pointers},
        broken=screen.broken,
        about=about,
        locate=None if "records_in" in about else partial(_places, file),
    )


def _places(file: InputFile, wanted: Numbers) -> tuple[Numbers, Numbers]:
    with open_bytes(file.path, file.compression) as stream:
        return lines_of_records(stream, wanted)


def _keys(db: Database, path: Path) -> tuple[list[str], list[int]]:
    """Return the keys in the order of their first appearance, and the lines that are no record."""
    found = db.frame(_statement("jsonl_keys.sql"), path=str(path))["names"].to_list()
    records = [names for names in found if names is not None and len(set(names)) == len(names)]
    bad: list[int] = []
    if len(records) < len(found):
        bad = db.frame(_statement("jsonl_bad.sql"), path=str(path))["position"].to_list()
    return list(dict.fromkeys(key for names in records for key in names)), bad


def _names_in(
    db: Database, path: Path, pointers: Sequence[str], pattern: str
) -> Iterator[tuple[int, Names]]:
    """Yield, in the order of their first appearance, the keys of the objects at the pointers.

    None: something stands there that is no object. Nothing where no line has the pattern.
    """
    held = db.frame(_statement("jsonl_holds.sql"), path=str(path), pattern=pattern)
    if held.is_empty():
        return
    named = {f"k{i}": pointer for i, pointer in enumerate(pointers)}
    statement = _statement("jsonl_nested.sql").replace(
        "__pointers__", ", ".join(f"${name}" for name in named)
    )
    yield from db.frame(statement, path=str(path), **named).iter_rows()


def _copy(
    path: Path, compression: Compression | None, scratch: Path, bad: list[int] | None = None
) -> tuple[Path, LineScreen]:
    """Write the good lines in a way that the reader takes."""
    target, screen = scratch / "screened.jsonl", LineScreen(Aside(scratch))
    target.unlink(missing_ok=True)
    with open_bytes(path, compression) as stream, target.open("wb") as sink:
        screen.run(stream, sink, bad or ())
    return target, screen


def _is_readable(path: Path, compression: Compression | None) -> bool:
    # The reader goes by the suffix, and would expand a glob.
    suffix = {"gzip": ".gz", "zstd": ".zst", None: ""}[compression]
    is_packed = path.suffix.lower() in (".gz", ".zst")
    return not any(sign in path.name for sign in "*?[]") and (
        path.suffix == suffix if compression else not is_packed
    )


def _statement(name: str) -> str:
    statement = sql(__package__, name)
    for part in ("names", "lines"):
        text = sql(__package__, f"jsonl_{part}.sql")
        statement = statement.replace(f"__{part}__", text)
    return statement
