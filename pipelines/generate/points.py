"""Contact points of a block's persons: addresses and numbers, own, shared and made up."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.companies import Companies
from pipelines.generate.dice import Dice, Ints, pick
from pipelines.generate.persons import EMAIL_KINDS, PHONE_KINDS, Persons
from pipelines.generate.phones import numbers
from pipelines.generate.words import (
    DISPOSABLE_MAIL,
    FIRST_SLUGS,
    FREE_MAIL,
    FREE_MAIL_SHARE,
    LAST_NAMES,
    LAST_SLUGS,
    PLACEHOLDER_EMAILS,
    ROLE_LOCALS,
)
from pipelines.generate.work import NAME_HEADS, NAME_TAILS

# Free-mail addresses carry this word and the person's number: nobody real is meant.
FICTION_MARK: Final = "fict"
_BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Points:
    """Texts per person, (n,), and per company, (c,); null where there is none.

    ``landline`` and ``mobile`` are national significant numbers; ``number_country`` tells whose.
    ``other_email`` is the private address that duplicates use.
    """

    email: pl.Series
    other_email: pl.Series
    landline: pl.Series
    landline_country: Ints
    mobile: pl.Series
    domain: pl.Series
    company: pl.Series


def points(dice: Dice, people: Persons, firms: Companies) -> Points:
    """Spell every contact point of a block."""
    domain = _domains(dice.block, firms)
    email, other = _emails(dice, people, domain)
    landline, number_country = _landlines(dice, people, firms)
    callable_by = people.country[people.has_mobile]
    mobile = numbers(dice, "mobiles", callable_by, is_mobile=True)
    return Points(
        email=email,
        other_email=other,
        landline=landline,
        landline_country=number_country,
        mobile=_spread(mobile, np.flatnonzero(people.has_mobile), people.count),
        domain=domain,
        company=_company_names(dice.block, firms),
    )


def _spread(values: pl.Series, where: Ints, n: int) -> pl.Series:
    """Put values at some positions of n; null elsewhere."""
    slot = np.full(n, -1, dtype=np.int64)
    slot[where] = np.arange(where.size)
    taken = pl.Series(slot)
    return values.gather(taken.set(taken < 0, None)) if where.size else pl.Series([None] * n)


def _block_mark(block: int) -> str:
    """Spell a block's number in base 36; empty for the first."""
    digits = ""
    while block:
        block, digit = divmod(block, 36)
        digits = _BASE36[digit] + digits
    return digits


def _domains(block: int, firms: Companies) -> pl.Series:
    """Company domains, unique in the world, under the reserved top-level domain (RFC 2606)."""
    mark = _block_mark(block)
    ending = f"-{mark}.example" if mark else ".example"
    head = pl.Series([word.lower() for word in NAME_HEADS]).gather(firms.head)
    tail = pl.Series([word.lower() for word in NAME_TAILS]).gather(firms.tail)
    return head + tail + ending


def _company_names(block: int, firms: Companies) -> pl.Series:
    """Company names without legal form; later blocks add a family name to tell them apart."""
    middle = f" {LAST_NAMES[block % len(LAST_NAMES)]} " if block else " "
    return (
        pl.Series(NAME_HEADS).gather(firms.head) + middle + pl.Series(NAME_TAILS).gather(firms.tail)
    )


def _emails(dice: Dice, people: Persons, domain: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Spell main and private addresses, (n,) each; persons never share one but role addresses."""
    rng = dice.stream("emails")
    n = people.count
    frame = pl.DataFrame(
        {
            "kind": people.email_kind,
            "number": pl.Series(people.first_id + np.arange(n)).cast(pl.String),
            "first": pl.Series(FIRST_SLUGS).gather(people.first),
            "last": pl.Series(LAST_SLUGS).gather(people.last),
            "domain": domain.gather(np.maximum(people.company, 0)),
            "free": pl.Series(FREE_MAIL).gather(pick(rng, n, FREE_MAIL_SHARE)),
            "junk": pl.Series(DISPOSABLE_MAIL).gather(rng.integers(0, len(DISPOSABLE_MAIL), n)),
            "role": pl.Series(ROLE_LOCALS).gather(pick(rng, n, (6, 2, 1, 1, 1, 1))),
            "placeholder": pl.Series(PLACEHOLDER_EMAILS).gather(
                rng.integers(0, len(PLACEHOLDER_EMAILS), n)
            ),
        }
    )
    kind = pl.col("kind")
    own = (
        pl.when(kind == EMAIL_KINDS.index("first_last"))
        .then(pl.col("first") + "." + pl.col("last"))
        .when(kind == EMAIL_KINDS.index("initial_last"))
        .then(pl.col("first").str.slice(0, 1) + pl.col("last"))
        .otherwise(pl.col("first"))
    )
    frame = frame.with_columns(own=own)
    is_again = ~frame.select(pl.struct("own", "domain").is_first_distinct()).to_series()
    local = pl.when(is_again).then(pl.col("own") + pl.col("number")).otherwise(pl.col("own"))
    private = pl.concat_str(
        "first", pl.lit("."), "last", pl.lit("." + FICTION_MARK), "number", pl.lit("@"), "free"
    )
    main = (
        pl.when(kind == EMAIL_KINDS.index("free"))
        .then(private)
        .when(kind == EMAIL_KINDS.index("disposable"))
        .then(pl.concat_str(pl.lit(FICTION_MARK), "number", pl.lit("@"), "junk"))
        .when(kind == EMAIL_KINDS.index("role"))
        .then(pl.col("role") + "@" + pl.col("domain"))
        .when(kind == EMAIL_KINDS.index("placeholder"))
        .then(pl.col("placeholder"))
        .when(kind == EMAIL_KINDS.index("none"))
        .then(None)
        .otherwise(local + "@" + pl.col("domain"))
    )
    texts = frame.select(main.alias("main"), private.alias("private"))
    return texts["main"], texts["private"]


def _landlines(dice: Dice, people: Persons, firms: Companies) -> tuple[pl.Series, Ints]:
    """Give out own, household and switchboard numbers; (n,) and the country of each number."""
    kind = people.phone_kind
    own = np.flatnonzero(
        (kind == PHONE_KINDS.index("direct"))
        | ((kind == PHONE_KINDS.index("household")) & (people.twin < 0))
    )
    desks = np.flatnonzero(firms.has_switchboard)
    country = np.concatenate([people.country[own], firms.country[desks]])
    given = numbers(dice, "landlines", country, is_mobile=False)
    n = people.count
    slot = np.full(n, -1, dtype=np.int64)
    slot[own] = np.arange(own.size)
    shared = np.flatnonzero((kind == PHONE_KINDS.index("household")) & (people.twin >= 0))
    slot[shared] = slot[people.twin[shared]]
    desk = np.full(firms.country.size, -1, dtype=np.int64)
    desk[desks] = own.size + np.arange(desks.size)
    staffed = np.flatnonzero(kind == PHONE_KINDS.index("switchboard"))
    slot[staffed] = desk[people.company[staffed]]
    taken = pl.Series(slot)
    return given.gather(taken.set(taken < 0, None)), country[np.maximum(slot, 0)]
