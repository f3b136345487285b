"""How lead rows spell what is true: variants, gaps and habits, the same at every moment."""

from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.block import Block
from pipelines.generate.dice import Floats, Ints, chance, pick
from pipelines.generate.ids import hubspot_ids, salesforce_ids
from pipelines.generate.leads import EMAIL_VARIANTS, HUBSPOT, NAME_VARIANTS, PHONE_VARIANTS
from pipelines.generate.persons import PHONE_KINDS
from pipelines.generate.phones import spelled, with_placeholders
from pipelines.generate.places import CULTURE_OF_COUNTRY, PLACES
from pipelines.generate.words import FIRST_NAMES, LAST_NAMES, PLACEHOLDER_PHONES
from pipelines.generate.work import (
    INDUSTRIES,
    PRODUCTS,
    SOURCES,
    STREET_SIZE,
    STREET_START,
    STREETS,
    TITLES,
)

_NO_COMPANY: Final = ("[not provided]", "Individual", "n/a", "Self")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SPELLING_SHARE: Final = (6.0, 1.6, 1.4, 0.5, 0.5, 0.2)
_NO_COUNTRY_SHARE: Final = 0.06


def row_ids(whole: Block, row: Ints) -> pl.Series:
    """Ids of lead rows as their system spells them, (k,) text."""
    counter = whole.rows.counter[row]
    is_hubspot = whole.rows.system[row] == HUBSPOT
    if is_hubspot.all():
        return hubspot_ids(counter)
    ids = salesforce_ids(counter, "00Q5f0")
    return pl.select(
        pl.when(pl.Series(is_hubspot)).then(hubspot_ids(counter)).otherwise(ids)
    ).to_series()


def lead_texts(whole: Block) -> pl.DataFrame:
    """Spell every lead row of a block; one row per lead row, in their order.

    Null means the export leaves the cell empty. Numbers are Int64, everything else text.
    """
    rng = whole.dice.stream("spelling")
    rows, people, firms = whole.rows, whole.people, whole.firms
    who = rows.person
    m = who.size
    company = people.company[who]
    has_firm = company >= 0
    at_firm: Floats = has_firm.astype(np.float64)
    email, other = whole.points.email.gather(who), whole.points.other_email.gather(who)
    base = pl.DataFrame(
        {
            "id": row_ids(whole, np.arange(m)),
            "first": pl.Series(FIRST_NAMES).gather(people.first[who]),
            "last": pl.Series(LAST_NAMES).gather(people.last[who]),
            "title": pl.Series(TITLES).gather(people.title[who]),
            "firm": whole.points.company.gather(np.maximum(company, 0)),
            "legal": _legal(whole).gather(np.maximum(company, 0)),
            "domain": whole.points.domain.gather(np.maximum(company, 0)),
            "main_email": email,
            "other_email": other,
            "has_firm": has_firm,
            "name_variant": rows.name_variant,
            "email_variant": rows.email_variant,
            "firm_variant": pick(rng, m, (10, 4, 1, 1)),
            "title_variant": pick(rng, m, (20, 1, 1, 1)),
            "site_variant": pick(rng, m, (5, 2, 2)),
            "no_firm": rng.integers(0, len(_NO_COMPANY), m),
        }
    )
    texts = base.select(
        "id",
        *_names(),
        _title().alias("title"),
        _company().alias("company"),
        _email().alias("email"),
        pl.when(pl.col("has_firm") & (pl.col("site_variant") == 0))
        .then("www." + pl.col("domain"))
        .when(pl.col("has_firm") & (pl.col("site_variant") == 1))
        .then("https://" + pl.col("domain") + "/")
        .alias("website"),
    )
    known = rng.random(m)
    return texts.with_columns(
        *_phones(whole, rng),
        *_address(whole, rng),
        pl.Series("source", SOURCES).gather(people.source[who]),
        pl.Series("product", PRODUCTS).gather(people.product[who]),
        _sparse(
            "industry",
            pl.Series(INDUSTRIES).gather(firms.industry[company]),
            known,
            0.85 * at_firm,
        ),
        _sparse("employees", pl.Series(firms.employees[company]), known, 0.7 * at_firm),
        _sparse("revenue", pl.Series(firms.revenue[company]), known, 0.45 * at_firm),
    )


def _sparse(name: str, values: pl.Series, known: Floats, share: Floats) -> pl.Series:
    """Keep values where ``known`` falls below ``share``; null elsewhere."""
    kept = pl.Series(known < share)
    return pl.select(pl.when(kept).then(values).alias(name)).to_series()


def _legal(whole: Block) -> pl.Series:
    """Legal form of every company."""
    forms = [form for place in PLACES for form in place.legal]
    start = np.cumsum([0, *(len(place.legal) for place in PLACES)])[:-1]
    return pl.Series(forms).gather(start[whole.firms.country] + whole.firms.legal)


def _names() -> tuple[pl.Expr, pl.Expr]:
    """First and last name as the row writes them."""
    variant = pl.col("name_variant")
    kind = {name: code for code, name in enumerate(NAME_VARIANTS)}
    first, last = pl.col("first"), pl.col("last")
    return (
        pl.when(variant == kind["initial"])
        .then(first.str.slice(0, 1) + ".")
        .when(variant == kind["capitals"])
        .then(first.str.to_uppercase())
        .when(variant == kind["swapped"])
        .then(last)
        .when(variant == kind["last_only"])
        .then(None)
        .otherwise(first)
        .alias("first_name"),
        pl.when(variant == kind["capitals"])
        .then(last.str.to_uppercase())
        .when(variant == kind["swapped"])
        .then(first)
        .otherwise(last)
        .alias("last_name"),
    )


def _title() -> pl.Expr:
    """Job title with the odd capitals and blanks; null for none."""
    title = pl.col("title")
    text = (
        pl.when(pl.col("title_variant") == 1)
        .then(title.str.to_lowercase())
        .when(pl.col("title_variant") == 2)
        .then(title.str.to_uppercase())
        .when(pl.col("title_variant") == 3)
        .then(title + " ")
        .otherwise(title)
    )
    return pl.when(title == "").then(None).otherwise(text)


def _company() -> pl.Expr:
    """Company name with or without legal form; what people type when there is none."""
    firm, legal = pl.col("firm"), pl.col("legal")
    variant = pl.col("firm_variant")
    named = (
        pl.when(variant == 0)
        .then(firm + " " + legal)
        .when(variant == 1)
        .then(firm)
        .when(variant == 2)
        .then(firm + ", " + legal)
        .otherwise(firm.str.to_uppercase())
    )
    return (
        pl.when("has_firm")
        .then(named)
        .otherwise(pl.lit(pl.Series(_NO_COMPANY)).gather(pl.col("no_firm")))
    )


def _email() -> pl.Expr:
    """Address as the row writes it: capitals, a tag, the private one, or none."""
    main, variant = pl.col("main_email"), pl.col("email_variant")
    kind = {name: code for code, name in enumerate(EMAIL_VARIANTS)}
    return (
        pl.when(variant == kind["capitals"])
        .then(main.str.to_titlecase())
        .when(variant == kind["tag"])
        .then(main.str.replace("@", "+web@", literal=True))
        .when(variant == kind["other"])
        .then(pl.col("other_email"))
        .when(variant == kind["none"])
        .then(None)
        .otherwise(main)
    )


def _phones(whole: Block, rng: np.random.Generator) -> tuple[pl.Series, pl.Series]:
    """Phone and mobile as the row writes them."""
    rows, people, points = whole.rows, whole.people, whole.points
    who = rows.person
    phone = spelled(rng, points.landline.gather(who), points.landline_country[who])
    made_up = pl.Series(PLACEHOLDER_PHONES).gather(
        rng.integers(0, len(PLACEHOLDER_PHONES), who.size)
    )
    is_made_up = people.phone_kind[who] == PHONE_KINDS.index("placeholder")
    phone = with_placeholders(phone, is_made_up, made_up)
    mobile = spelled(rng, points.mobile.gather(who), people.country[who])
    is_given = pl.Series(rows.phone_variant == PHONE_VARIANTS.index("same"))
    given = pl.select(
        pl.when(is_given).then(phone).alias("phone"),
        pl.when(is_given).then(mobile).alias("mobile"),
    )
    return given["phone"], given["mobile"]


def _address(whole: Block, rng: np.random.Generator) -> tuple[pl.Series, ...]:
    """Street, city, state, postal code and country of each row."""
    people, firms, who = whole.people, whole.firms, whole.rows.person
    m = who.size
    country = people.country[who]
    company = people.company[who]
    at_firm = (company >= 0) & chance(rng, m, 0.8)
    culture = np.array(CULTURE_OF_COUNTRY)[country]
    size = np.array(STREET_SIZE)[culture]
    own_street = np.array(STREET_START)[culture] + (size * rng.random(m)).astype(np.int64)
    street = np.where(at_firm, firms.street[company], own_street)
    house = np.where(at_firm, firms.house[company], rng.integers(1, 300, m))
    cities = [city for place in PLACES for city in place.cities]
    start = np.cumsum([0, *(len(place.cities) for place in PLACES)])[:-1]
    count = np.array([len(place.cities) for place in PLACES])[country]
    own_city = (count * rng.random(m)).astype(np.int64)
    city = start[country] + np.where(at_firm, firms.city[company], own_city)
    place = pl.Series(cities).gather(city).str.split_exact("/", 1).struct.unnest()
    spellings = [s for item in PLACES for s in item.spellings]
    offset = np.cumsum([0, *(len(item.spellings) for item in PLACES)])[:-1]
    ways = np.array([len(item.spellings) for item in PLACES])[country]
    way = np.minimum(pick(rng, m, _SPELLING_SHARE), ways - 1)
    named = pl.Series("country", spellings).gather(offset[country] + way)
    has_street = chance(rng, m, 0.55)
    # Continental addresses put the number last.
    is_last = np.isin(culture, [1, 2])
    number = pl.Series(house).cast(pl.String)
    name = pl.Series(STREETS).gather(street)
    full = pl.select(
        pl.when(pl.Series(has_street))
        .then(pl.when(pl.Series(is_last)).then(name + " " + number).otherwise(number + " " + name))
        .alias("street")
    ).to_series()
    known = rng.random(m)
    return (
        full,
        _sparse("city", place["field_0"], known, np.full(m, 0.85)),
        _sparse("state", place["field_1"], known, np.full(m, 0.8)),
        _sparse("postal_code", _postcodes(rng, country), known, np.full(m, 0.6)),
        _sparse("country", named, rng.random(m), np.full(m, 1 - _NO_COUNTRY_SHARE)),
    )


def _postcodes(rng: np.random.Generator, country: Ints) -> pl.Series:
    """Postal codes after each country's pattern."""
    digits = [pl.Series(rng.integers(0, 10, country.size)).cast(pl.String) for _ in range(5)]
    letters = [
        pl.Series(list(_LETTERS)).gather(rng.integers(0, len(_LETTERS), country.size))
        for _ in range(4)
    ]
    code = pl.lit(None, dtype=pl.String)
    which = pl.lit(pl.Series(country))
    for number, place in enumerate(PLACES):
        supply = {"9": iter(digits), "A": iter(letters)}
        parts = [pl.lit(next(supply[c]) if c in supply else c) for c in place.postcode]
        code = pl.when(which == number).then(pl.concat_str(parts)).otherwise(code)
    return pl.select(code.alias("postal_code")).to_series()
