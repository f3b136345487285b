"""What is wrong with a mapping file, in one line: what was found, what is expected, what to do."""

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import ValidationError

# What a key may hold, in the words of the file.
_KEYS: dict[str, tuple[str, ...]] = {
    "": ("source_system", "preset", "file", "fields", "label", "outcomes", "custom", "dates",
         "numbers", "consent", "identity"),
    "file": ("delimiter", "quote", "escape", "encoding", "header", "header_rows", "skip", "columns",
             "salvage"),
    "label": ("column", "positive", "negative"),
    "outcomes": ("column", "date", "qualified", "converted", "opportunity", "won", "disqualified",
                 "lost", "open"),
    "custom": ("exclude", "immutable"),
    "dates": ("format", "timezone"),
    "numbers": ("decimal",),
    "consent": ("dropped", "retyped", "ignored"),
    "identity": ("birth_date", "person_number", "suffix", "house_number", "suburb"),
}  # fmt: skip
_EXPECTED = {
    "source_system": 'a slug of lower-case letters, digits and underscores, such as "sf_emea"',
    "fields": 'field = "header in the file", or "=constant"',
    "file.delimiter": "one to four characters",
    "file.quote": "one character, or none where quotes are text",
    "file.escape": "one character, or none where quotes are doubled",
    "label.positive": 'a list of values, such as ["yes"]',
    "label.negative": 'a list of values, such as ["no"]',
    "dates.timezone": "an IANA time zone such as Europe/Amsterdam",
    "numbers.decimal": '"." or ","',
}


def problem(error: ValidationError, fields: Mapping[str, object]) -> tuple[str, str, str]:
    """Return found, expected and fix of the first thing wrong with a mapping.

    Parameters
    ----------
    fields : mapping
        Keys are the canonical fields of all kinds.
    """
    first = error.errors(include_url=False)[0]
    path = [str(part) for part in first["loc"] if not isinstance(part, int)]
    where = ".".join(path)
    table = path[0] if len(path) > 1 else ""
    if first["type"] == "extra_forbidden":
        known = _KEYS.get(table, ())
        return (
            f"the key {where} is unknown",
            f"{f'in [{table}] ' if table else ''}one of {', '.join(known)}",
            _near(path[-1], known, "remove it, or correct its name"),
        )
    if first["type"] == "missing":
        return f"{where} is missing", _expected(where), f"add {path[-1]} to [{table or where}]"
    message = str(first["msg"]).removeprefix("Value error, ")
    unknown = str(first.get("ctx", {}).get("error", "")).partition("[fields] names ")[2]
    if unknown:
        name = unknown.split(",")[0]
        fix = _near(name, tuple(fields), "the fields of every kind are in docs/fields.md")
        return message, "fields of one kind", fix
    return (
        f"{where}: {_shown(first.get('input'))}{message}" if where else message,
        _expected(where),
        "correct that line",
    )


def _expected(where: str) -> str:
    table = where.partition(".")[0]
    if where in _EXPECTED:
        return _EXPECTED[where]
    if table in ("outcomes", "custom", "consent") and not where.endswith((".column", ".date")):
        return 'lists of texts, such as won = ["Closed Won"]'
    return _EXPECTED.get(table, "the header of a column" if "." in where else "see the README")


def _near(name: str, known: tuple[str, ...], otherwise: str) -> str:
    found = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean {found[0]}?" if found else otherwise


def _shown(given: object) -> str:
    """Show a single value; a table or list would be half of the file."""
    plain = isinstance(given, str | int | float | bool)
    return f"{str(given)[:40]!r}: " if plain else ""
