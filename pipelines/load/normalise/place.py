"""Countries and states: names, codes and habits to ISO codes."""

from functools import cache

import polars as pl

from pipelines.load.normalise.text import cleaned, data_lines, fold

# Country-code domains sold to the whole world: they say nothing about where somebody is.
_WORLDWIDE = frozenset(
    [
        "ac",
        "ad",
        "ag",
        "ai",
        "am",
        "as",
        "bz",
        "cc",
        "cd",
        "dj",
        "fm",
        "ga",
        "gg",
        "gl",
        "gs",
        "io",
        "is",
        "la",
        "ly",
        "me",
        "ms",
        "mu",
        "nu",
        "pw",
        "sc",
        "sh",
        "st",
        "su",
        "tk",
        "tm",
        "to",
        "tv",
        "vc",
        "vg",
        "ws",
        "eu",
    ]
)


def country_codes(values: pl.Series) -> pl.Series:
    """Read countries: ISO codes, names in the larger languages, ``base.nl``, ``Spain (ES)``.

    Returns
    -------
    pl.Series
        Utf8, ISO 3166-1 alpha-2; null when blank or not known.
    """
    frame = pl.DataFrame({"raw": cleaned(values)})
    distinct = frame.drop_nulls().unique()
    if distinct.is_empty():
        return pl.Series(values.name, [None], dtype=pl.String).new_from_index(0, len(values))
    known = pl.DataFrame({"name": list(_countries()), "country": list(_countries().values())})
    text = pl.col("raw").str.strip_prefix("base.")
    looked_up = (
        distinct.with_columns(
            # Nothing is left of a name in another script: it is looked up as it is.
            name=pl.when(fold(text) != "").then(fold(text)).otherwise(text.str.to_lowercase()),
            # "United States (US)", as Odoo and some reports write it.
            code=text.str.extract(r"\(([A-Z]{2,3})\)\s*$").str.to_lowercase(),
        )
        .join(known, on="name", how="left")
        .join(known.rename({"name": "code", "country": "by_code"}), on="code", how="left")
        .select("raw", country=pl.coalesce("country", "by_code"))
    )
    return (
        frame["raw"]
        .replace_strict(
            looked_up["raw"], looked_up["country"], default=None, return_dtype=pl.String
        )
        .alias(values.name)
    )


def country_of_domain(domain: str) -> pl.Expr:
    """Read the country of a domain column from its top level. Utf8 -> Utf8, null: says nothing."""
    top = pl.col(domain).str.extract(r"\.([a-z]{2})$")
    codes = {code.lower(): code for code in set(_countries().values())} | {"uk": "GB"}
    local = {top: code for top, code in codes.items() if top not in _WORLDWIDE}
    return top.replace_strict(local, default=None, return_dtype=pl.String)


def subdivisions(state: pl.Series, country: pl.Series) -> pl.Series:
    """Read states, provinces and the like of the countries in ``data/states.csv``.

    Parameters
    ----------
    state, country : pl.Series
        Utf8; country as ISO alpha-2 or null, and then nothing is read.

    Returns
    -------
    pl.Series
        Utf8, ISO 3166-2 such as ``US-CA``; null when blank or not known in that country.
    """
    frame = pl.DataFrame({"state": cleaned(state), "country": country})
    names = _states()
    # "California (US)" is how Odoo shows a state.
    plain = pl.col("state").str.replace(r"\s*\([A-Z]{2}\)\s*$", "")
    initials = plain.str.contains(r"^(?:\p{L}\.\s?)+\p{L}?$")
    name = fold(pl.when(initials).then(plain.str.replace_all(r"[.\s]", "")).otherwise(plain))
    distinct = frame.filter(pl.col("country").is_in(names["country"].unique().to_list())).unique()
    known = distinct.with_columns(name=name).join(names, on=["country", "name"])
    joined = frame.join(known, on=["country", "state"], how="left", maintain_order="left")
    return joined["code"].alias("state_code")


def state_codes(state: pl.Series, codes: pl.Series) -> pl.Series:
    """Return states of the US, Canada and Australia as their postal code, others as given.

    Parameters
    ----------
    state, codes : pl.Series
        Utf8; as given, and what `subdivisions` makes of it.
    """
    frame = pl.DataFrame({"state": cleaned(state), "code": codes})
    postal = pl.col("code").str.extract(r"^(?:US|CA|AU)-(.+)$")
    return frame.select(pl.coalesce(postal, "state").alias(state.name)).to_series()


@cache
def _states() -> pl.DataFrame:
    rows = [line.split(",") for line in data_lines("states.csv")[1:]]
    names = pl.DataFrame(rows, schema=["country", "name", "state"], orient="row")
    return names.select("country", "name", code=pl.concat_str("country", pl.lit("-"), "state"))


@cache
def _countries() -> dict[str, str]:
    rows = (line.rsplit(",", 1) for line in data_lines("countries.csv")[1:])
    return {row[0]: row[1] for row in rows}
