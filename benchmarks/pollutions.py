"""The polluted files of the HPI Pollock benchmark, made anew from its source file.

After "Pollock: A Data Loading Benchmark" (Vitagliano et al., PVLDB 16(8), 2023): one clean file of
84 records by 9 fields, and 2,289 copies with one fault each. The counts per kind, the names and
the weights are the benchmark's; tests compare those files of it that are at hand byte for byte.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

_ROW_WEIGHTS = {
    "row_less_sep": 0.36775106082036774,
    "row_more_sep": 0.36775106082036774,
    "row_extra_quote": 1 / 108,
    "row_field_delimiter": 1 / 7,
}
_FILE_WEIGHTS = {
    "source.csv": 1,
    "file_no_payload.csv": 15,
    "file_no_trailing_newline.csv": 184,
    "file_double_trailing_newline.csv": 5,
    "file_no_header.csv": 470,
    "file_header_multirow_2.csv": 47,
    "file_header_multirow_3.csv": 47,
    "file_preamble.csv": 282,
    "file_multitable_same.csv": 188 / 3,
    "file_multitable_more.csv": 188 / 3,
    "file_multitable_less.csv": 188 / 3,
    "file_header_only.csv": 3,
    "file_one_data_row.csv": 4,
    "file_record_delimiter_0xD.csv": 7,
    "file_record_delimiter_0xA.csv": 1691,
    "file_field_delimiter_0x9.csv": 4,
    "file_field_delimiter_0x3B.csv": 834,
    "file_field_delimiter_0x20.csv": 4,
    "file_field_delimiter_0x2C_0x20.csv": 101,
    "file_quotation_char_0x27.csv": 11,
    "file_escape_char_0x5C.csv": 1,
    "file_escape_char_0x00.csv": 7,
}


@dataclass(frozen=True)
class Case:
    """A polluted file, what it should be read as, and how it is written.

    Parameters
    ----------
    clean : list of list of str
        The first row is compared as the header.
    """

    name: str
    content: bytes
    clean: list[list[str]]
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    header_lines: int = 1
    preamble_lines: int = 0
    names: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """Return how often the fault was found in the wild, as the benchmark weighs it."""
        for prefix, weight in _ROW_WEIGHTS.items():
            if self.name.startswith(prefix):
                return weight
        return _FILE_WEIGHTS.get(self.name, 1.0)


@dataclass(frozen=True)
class _Field:
    text: str
    is_quoted: bool
    raw: str = ""  # a fault that stands before the text, unescaped


@dataclass
class _File:
    rows: list[list[_Field]]
    end: str
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    row_delimiters: dict[int, list[str]] = field(default_factory=dict)

    def field_text(self, cell: _Field) -> str:
        inner = cell.raw + cell.text.replace('"', self.escape + '"')
        return f"{self.quote}{inner}{self.quote}" if cell.is_quoted else inner

    def text(self) -> str:
        lines = []
        for index, row in enumerate(self.rows):
            cells = [self.field_text(cell) for cell in row]
            between = self.row_delimiters.get(index, [self.delimiter] * (len(cells) - 1))
            lines.append(
                "".join(c + d for c, d in zip(cells, [*between, ""], strict=True)) + self.end
            )
        return "".join(lines)


def read_source(content: bytes) -> tuple[list[list[_Field]], str]:
    """Return the fields of the benchmark's source file and its line end."""
    text = content.decode()
    end = "\r\n" if "\r\n" in text else "\n"
    rows = []
    for line in text.split(end)[:-1]:
        found = re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', line)
        rows.append(
            [_Field(f[1:-1].replace('""', '"'), True) if f[:1] == '"' else _Field(f, False)
             for f in found]
        )  # fmt: skip
    return rows, end


def pollutions(content: bytes) -> Iterator[Case]:
    """Yield every polluted file of the benchmark.

    Parameters
    ----------
    content : bytes
        The benchmark's source.csv.
    """
    rows, end = read_source(content)
    file = _File(rows, end)
    clean = [[cell.text for cell in row] for row in rows]
    names = tuple(clean[0])
    source = Case("source.csv", file.text().encode(), clean, names=names)
    yield source
    yield from _files(file, source)
    for row in range(len(rows)):
        yield from _rows(file, source, row)


def _files(file: _File, source: Case) -> Iterator[Case]:
    rows, clean, end = file.rows, source.clean, file.end
    text = file.text()

    def case(name: str, made: str, **other: object) -> Case:
        return replace(source, name=f"file_{name}.csv", content=made.encode(), **other)  # type: ignore[arg-type]

    yield case("no_payload", "", clean=[], names=(), header_lines=0)
    yield case("no_trailing_newline", text.removesuffix(end))
    yield case("double_trailing_newline", text + end)
    yield case("no_header", replace_rows(file, rows[1:]), clean=clean[1:], names=(), header_lines=0)
    bare = [_Field(name, False) for name in clean[0]]
    for extra in (1, 2):
        joined = [" ".join([name] * (extra + 1)) for name in clean[0]]
        yield case(
            f"header_multirow_{extra + 1}",
            replace_rows(file, [bare] * extra + rows),
            clean=[joined, *clean[1:]],
            names=tuple(joined),
            header_lines=extra + 1,
        )
    width = len(clean[0])
    title = f"PREAMBLE{',' * (width - 1)}{end}{',' * (width - 1)}{end}"
    yield case("preamble", title + text, preamble_lines=2)
    second = [[_Field(c, "," in c) for c in row] for row in clean[:83]]
    wider = [[*row, _Field("col1" if i == 0 else "", False)] for i, row in enumerate(second)]
    yield case("multitable_less", text + replace_rows(file, [row[:-1] for row in second]))
    yield case("multitable_same", text + replace_rows(file, second))
    yield case("multitable_more", text + replace_rows(file, wider))
    yield case("header_only", replace_rows(file, rows[:1]), clean=clean[:1])
    yield case("one_data_row", replace_rows(file, rows[:2]), clean=clean[:2])
    yield case("record_delimiter_0xA", text.replace(end, "\n"))
    yield case("record_delimiter_0xD", text.replace(end, "\r"))
    for code, delimiter in (("3B", ";"), ("9", "\t"), ("2C_0x20", ", "), ("20", " ")):
        made = replace(file, delimiter=delimiter).text()
        yield case(f"field_delimiter_0x{code}", made, delimiter=delimiter)
    yield case("quotation_char_0x27", replace(file, quote="'").text(), quote="'")
    yield case("escape_char_0x5C", replace(file, escape="\\").text(), escape="\\")
    yield case("escape_char_0x00", replace(file, escape="").text(), escape="")


def replace_rows(file: _File, rows: list[list[_Field]]) -> str:
    """Return the text of a file with other rows."""
    return replace(file, rows=rows).text()


def _rows(file: _File, source: Case, row: int) -> Iterator[Case]:
    width = len(file.rows[row])
    plain = [file.delimiter] * (width - 1)
    for column in range(width):
        empty = _Field("", False)
        more = [*file.rows[row][:column], empty, *file.rows[row][column:]]
        yield _case(file, source, f"row_more_sep_row{row}_col{column}", row, more)
        if column:
            less = [*plain[: column - 1], "", *plain[column:]]
            changed = replace(file, row_delimiters={row: less})
            name = f"row_less_sep_row{row}_col{column}.csv"
            yield replace(source, name=name, content=changed.text().encode())
        cells = list(file.rows[row])
        cells[column] = replace(cells[column], raw='"')
        clean = [list(cells) for cells in source.clean]
        clean[row][column] = '"' + clean[row][column]
        case = _case(file, source, f"row_extra_quote{row}_col{column}", row, cells)
        yield replace(case, clean=clean, names=tuple(clean[0]))
    blank = replace(file, row_delimiters={row: [" "] * (width - 1)})
    name = f"row_field_delimiter_{row}_0x20.csv"
    yield replace(source, name=name, content=blank.text().encode())


def _case(file: _File, source: Case, name: str, row: int, cells: list[_Field]) -> Case:
    rows = [*file.rows[:row], cells, *file.rows[row + 1 :]]
    return replace(source, name=f"{name}.csv", content=replace_rows(file, rows).encode())


def read_clean(content: bytes) -> list[list[str]]:
    """Return the rows of one of the benchmark's clean files."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
