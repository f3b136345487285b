"""Contact points of a suppression list that stand in another column than theirs.

A list is often one column of everything: addresses, ``*@spam.example``, hashes, numbers. What one
column's own rule cannot read is read by the others, because a line that is passed over is an
opt-out that is lost.
"""

from typing import Final

import polars as pl

from pipelines.load.normalise.email import domain_keys
from pipelines.load.normalise.hosts import everybodys
from pipelines.load.normalise.phone import phone_keys
from pipelines.settings.contact_keys import suppression_keys
from pipelines.settings.written_numbers import CHAT

KEY_FIELDS: Final = ("email", "phone", "domain", "hash")
KIND_SUFFIX: Final = " is a"
# Of MD5, SHA-1 or SHA-256, in hex.
DIGEST: Final = r"^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$"
_NO_NAME: Final = r"^\s*\*?@?[^@\s]+\.[^@\s]+$"
_WILD: Final = r"^\s*\*?[@.]"
_STAR: Final = r"^\s*\*@"


def read_as_listed(
    named: dict[str, pl.Series], given: dict[str, pl.Series], country: pl.Series
) -> dict[str, pl.Series]:
    """Read the cells that their own column's rule could not.

    Parameters
    ----------
    named : dict of str to pl.Series
        Field of `KEY_FIELDS` -> normalised cells; null: not of that kind.
    given : dict of str to pl.Series
        The same cells as they were given.
    country : pl.Series
        ISO code of the row's country, for numbers without one.

    Returns
    -------
    dict of str to pl.Series
        The fields, with more cells filled; and ``<field> is a``: the kind of each cell.
    """
    given = given | {"domain": _own_domains(named, given)}
    named = named | {"domain": named["domain"].set(given["domain"].is_null(), None)}
    found: dict[str, pl.Series] = {}
    # A star is a letter of an address to RFC 5322, and to nobody who writes a list.
    is_wild = given["email"].str.contains(_STAR).fill_null(value=False)
    named = named | {"email": named["email"].set(is_wild, None)}
    for name in KEY_FIELDS:
        left = (given[name].is_not_null() & named[name].is_null()).arg_true()
        kind = pl.Series([name], dtype=pl.String).new_from_index(0, len(named[name]))
        found[name], found[name + KIND_SUFFIX] = named[name], kind
        if not left.is_empty():
            keys, kinds = _otherwise(given[name].gather(left), country.gather(left), name)
            found[name] = named[name].clone().scatter(left, keys)
            found[name + KIND_SUFFIX] = kind.scatter(left, kinds)
    return {name: series.alias(name) for name, series in found.items()}


def _own_domains(named: dict[str, pl.Series], given: dict[str, pl.Series]) -> pl.Series:
    """Return the domain cells without those that only say whose the address beside them is.

    ``ann@gmail.com,gmail.com`` is Ann's no, not that of everybody at Gmail. Alone in its row, or as
    ``@gmail.com``, such a domain is meant: a no is a no.
    """
    cells = given["domain"]
    others = [given[name].is_not_null() for name in KEY_FIELDS if name != "domain"]
    is_beside = others[0] | others[1] | others[2]
    is_meant = cells.str.contains(_WILD).fill_null(value=False)
    return cells.set(is_beside & ~is_meant & everybodys(named["domain"]), None)


def _otherwise(cells: pl.Series, country: pl.Series, own: str) -> tuple[pl.Series, pl.Series]:
    domain = domain_keys(cells)
    frame = pl.DataFrame(
        {
            "cell": cells,
            "hash": cells.str.to_lowercase().str.extract(DIGEST, 1),
            "phone": phone_keys(cells, country)["e164"],
            "domain": domain,
        }
    ).with_columns(is_all=everybodys(domain))
    # "gmail.com" where an address should stand is a broken address; "@gmail.com" is meant.
    is_domain = pl.col("cell").str.contains(_NO_NAME) & (
        pl.col("cell").str.contains(_WILD) | ~pl.col("is_all") | pl.lit(own == "domain")
    )
    is_domain &= ~pl.col("cell").str.contains(CHAT)
    frame = frame.with_columns(domain=pl.when(is_domain).then("domain"))
    read = frame.select(
        key=pl.coalesce("hash", "domain", "phone"),
        kind=pl.coalesce(
            pl.when(pl.col(kind).is_not_null()).then(pl.lit(kind))
            for kind in ("hash", "domain", "phone")
        ),
    )
    # Several addresses in a cell, and what the loader takes for nobody's: all are suppressed.
    odd = (read["key"].is_null() & cells.str.contains("@", literal=True)).arg_true()
    odd = odd.filter(pl.Series([_is_address(cell) for cell in cells.gather(odd)], dtype=pl.Boolean))
    keys = read["key"].clone().scatter(odd, cells.gather(odd))
    return keys, read["kind"].clone().scatter(odd, "email").fill_null(own)


def _is_address(cell: str) -> bool:
    try:
        return bool(suppression_keys("email", cell))
    except ValueError:
        return False
