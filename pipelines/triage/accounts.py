"""Who has a company, household, number or mailbox in common, among those who may be listed."""

from collections.abc import Collection
from typing import Final

import polars as pl

from pipelines.settings.accounts import BETWEEN_WORDS, LEGAL_FORM, NO_COMPANY, NOBODYS
from pipelines.settings.selection import CapSettings

_ONE_A_MAILBOX: Final = 1


def shared_accounts(
    frame: pl.DataFrame, caps: CapSettings, free_domains: Collection[str]
) -> pl.DataFrame:
    """Return who is in which account that more people have than may be listed of it.

    What is not known groups nobody. The company is known as a claim knows it; a household is
    narrower, by the family name: of a block of flats a claim hands out one after the other.

    Parameters
    ----------
    frame : DataFrame
        One row per person: company, country, email_domain, mailbox, phone_e164, mobile_e164,
        street, postal_code, last_name.

    Returns
    -------
    DataFrame
        row (UInt32, of `frame`), account (UInt32, from 0), room (Int64: people that may be listed).
    """
    rows = frame.with_row_index("row").with_columns(
        firm=_firm(), home=_plain("street"), code=_plain("postal_code"), family=_plain("last_name")
    )
    nowhere = [*free_domains, *NOBODYS]
    country = pl.col("country").fill_null("")
    has_firm = pl.col("firm").is_not_null()
    has_home = ~has_firm & (pl.col("home") != "") & (pl.col("code") != "")
    home = pl.concat_str("home", "code", country, "family", separator="|")
    keys = [
        (
            "company",
            caps.company,
            pl.when(has_firm).then(pl.concat_str("firm", country, separator="|")),
        ),
        (
            "domain",
            caps.company,
            pl.when(~pl.col("email_domain").is_in(nowhere)).then("email_domain"),
        ),
        ("household", caps.household, pl.when(has_home & (pl.col("family") != "")).then(home)),
        ("number", caps.phone_number, pl.col("phone_e164")),
        (
            "number",
            caps.phone_number,
            pl.when(pl.col("mobile_e164").ne_missing(pl.col("phone_e164"))).then("mobile_e164"),
        ),
        ("mailbox", _ONE_A_MAILBOX, pl.col("mailbox")),
    ]
    members = pl.concat(
        rows.select(
            "row", key=key, kind=pl.lit(kind), room=pl.lit(room, dtype=pl.Int64)
        ).drop_nulls("key")
        for kind, room, key in keys
    )
    crowded = members.filter(pl.len().over("kind", "key") > pl.col("room"))
    return crowded.select(
        "row", account=pl.struct("kind", "key").rank("dense") - 1, room="room"
    ).sort("account", "row")


def _plain(column: str) -> pl.Expr:
    text = pl.col(column).fill_null("").str.to_lowercase()
    return text.str.replace_all(BETWEEN_WORDS.pattern, " ").str.strip_chars()


def _firm() -> pl.Expr:
    """Return the name of the company without its legal form; null: none that tells one apart."""
    full = _plain("company")
    short = full.str.replace(LEGAL_FORM.pattern, "")
    name = pl.when(short != "").then(short).otherwise(full)
    return pl.when((name.str.len_chars() > 1) & ~name.is_in(sorted(NO_COMPANY))).then(name)
