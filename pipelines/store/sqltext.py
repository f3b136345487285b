"""SQL lives in ``.sql`` files beside its stage; this reads them and quotes identifiers."""

from functools import cache
from importlib.resources import files


@cache
def sql(package: str, name: str) -> str:
    """Return the text of the ``.sql`` file `name` that lies in `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def quoted(identifier: str) -> str:
    """Quote an identifier for DuckDB; doubling ``"`` round-trips any name."""
    if "\x00" in identifier:
        raise ValueError("an identifier holds a NUL byte")
    return '"' + identifier.replace('"', '""') + '"'
