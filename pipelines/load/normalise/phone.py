"""Phone numbers to E.164: a vectorised path, and `phonenumbers` for what it cannot decide.

The fast path uses the library's own numbering plans and leaves a number to the library as soon as
anything but plain digits, one leading plus and the usual punctuation is involved, or when a prefix
could be read in two ways. So both always give the same answer; tests compare them.
"""

from dataclasses import replace
from functools import lru_cache

import phonenumbers
import polars as pl
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from pipelines.load.normalise.phone_regions import Region, calling_codes, region, regions_of
from pipelines.load.normalise.phone_text import bare_numbers, with_plus
from pipelines.load.normalise.text import cleaned

# ASCII throughout: anything else is respelled first.
_PLAIN = r"^[( ]*\+?[0-9 ()./\-]*$"
_PUNCTUATION = "+ ()./-"
_LINE_TYPES = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
}
_MIN_DIGITS, _MAX_DIGITS = 7, 17
_SCHEMA = {"e164": pl.String, "region": pl.String, "line_type": pl.String}


def phone_keys(values: pl.Series, country: pl.Series) -> pl.DataFrame:
    """Normalise phone numbers.

    Parameters
    ----------
    values : pl.Series
        Utf8, as given; an extension is ignored, and `plain_number` tells what is spelled alike.
    country : pl.Series
        Utf8, ISO alpha-2 of the row; null leaves only international numbers readable.

    Returns
    -------
    pl.DataFrame
        One row per value: ``e164`` (null: not a valid number), ``region`` (country whose plan
        holds the number) and ``line_type`` (mobile, landline or unknown; null with the number).
    """
    rows = pl.DataFrame({"raw": cleaned(values), "country": country}).with_columns(
        row=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    given = rows.filter(pl.col("raw").is_not_null())
    if given.is_empty():
        return pl.DataFrame(schema=_SCHEMA).clear(n=rows.height)
    split = _split(given)
    decided = _classify(split.filter(~pl.col("is_open") & pl.col("code").is_not_null()))
    asked = _ask(split.filter("is_open"))
    found = pl.concat([decided, asked]).filter(pl.col("e164").is_not_null())
    # A join in less time: where each row's answer lies, null where it has none.
    order = pl.int_range(found.height, dtype=pl.UInt32, eager=True)
    places = pl.repeat(None, rows.height, dtype=pl.UInt32, eager=True).scatter(found["row"], order)
    return found.select(pl.col(name).gather(places) for name in _SCHEMA)


def _split(given: pl.DataFrame) -> pl.DataFrame:
    """Split every number into calling code and national number, or leave it open."""
    given = given.with_columns(with_plus(given["raw"]))
    # Only what is more than digits and punctuation can end in an extension.
    is_plain = given["raw"].str.contains(_PLAIN) & ~given["raw"].str.ends_with(".0")
    rest = bare_numbers(given.filter(~is_plain)).with_columns(bare="raw")
    plain = given.filter(is_plain).with_columns(bare="raw", is_plain=pl.lit(value=True))
    digits = pl.col("bare").str.replace_all(r"[^0-9]", "")
    # Quicker, where nothing else can stand between the digits.
    bare_digits = pl.col("bare").str.replace_many(list(_PUNCTUATION), [""])
    parts = (
        plain.with_columns(digits=bare_digits).filter(pl.col("digits") != ""),
        rest.with_columns(digits=digits, is_plain=pl.col("bare").str.contains(_PLAIN)),
    )
    frame = pl.concat(parts, how="diagonal").with_columns(
        has_plus=pl.col("bare").str.contains(r"^[( ]*\+")
    )
    dials_00 = [c for c in frame["country"].unique() if _dials_00(c)]
    exits = (
        ~pl.col("has_plus")
        & pl.col("digits").str.starts_with("00")
        & pl.when(pl.col("country").is_null())
        # a country dials 0 0 with a space between, and where none is known two zeros are not that
        .then(pl.col("bare").str.strip_chars_start("( ").str.starts_with("00"))
        .otherwise(pl.col("country").is_in(dials_00))
    )
    size = pl.col("digits").str.len_bytes()
    frame = frame.with_columns(
        is_plain=pl.col("is_plain") & size.is_between(_MIN_DIGITS, _MAX_DIGITS),
        has_plus=pl.col("has_plus") | exits,
        digits=pl.when(exits).then(pl.col("digits").str.slice(2)).otherwise("digits"),
    )
    parts = _abroad(frame.filter("has_plus")), _national(frame.filter(~pl.col("has_plus")))
    return pl.concat(parts)


def _dials_00(country: str | None) -> bool:
    plan = region(country) if country is not None else None
    return plan is not None and plan.exit_rule == "^(?:00)"


def _abroad(frame: pl.DataFrame) -> pl.DataFrame:
    frame = frame.with_columns(code=pl.col("digits").str.extract(calling_codes()))
    frame = frame.with_columns(
        number=pl.col("digits").str.slice(pl.col("code").str.len_bytes().cast(pl.Int64))
    )
    parts = []
    for (code,), part in frame.group_by(["code"]):
        plans = regions_of(str(code)) if code is not None else ()
        if not plans:
            parts.append(part.with_columns(is_open=True))
            continue
        # "+44 (0)20...": parsing strips the trunk prefix here, too.
        doubtful = _matches(pl.col("number"), plans[0].other_trunk)
        part = part.with_columns(is_open=~pl.col("is_plain") | doubtful)
        parts.append(part.with_columns(plans[0].trunk_stripped(part["number"])))
    return _parts(parts, frame)


def _national(frame: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for (code,), part in frame.group_by(["country"]):
        plan = region(str(code)) if code is not None else None
        if plan is None:
            # Without a country a national number cannot be read, and nobody needs to be asked.
            no_plan = pl.lit(value=code is not None) | ~pl.col("is_plain")
            parts.append(part.with_columns(_nothing("code"), _nothing("number"), is_open=no_plan))
            continue
        if plan.calling_code == "1":
            parts.append(_north_american(part, plan))
            continue
        # Few numbers begin with the calling code of their country: only those need all rules.
        has_code = part["digits"].str.starts_with(plan.calling_code)
        plain = part.filter(~has_code)
        number = plan.trunk_stripped(plain["digits"]).alias("number")
        parts.append(_opened(plain.with_columns(number), plan, pl.lit(value=False)))
        parts.append(_with_code(part.filter(has_code), plan))
    return _parts(parts, frame)


def _north_american(part: pl.DataFrame, plan: Region) -> pl.DataFrame:
    # Trunk prefix and calling code are the same digit there.
    digits = pl.col("digits")
    is_long = (digits.str.len_bytes() == 11) & digits.str.starts_with("1")
    part = part.with_columns(number=pl.when(is_long).then(digits.str.slice(1)).otherwise(digits))
    return _opened(part, replace(plan, other_trunk=None), pl.col("number").str.len_bytes() != 10)


def _with_code(part: pl.DataFrame, plan: Region) -> pl.DataFrame:
    digits = pl.col("digits")
    rest = plan.without_trunk(digits.str.slice(len(plan.calling_code)))
    # "34911..." in Spain: the calling code, if only that makes a number of it.
    drops = ~plan.fits(digits) & plan.fits(rest)
    number = pl.when(drops).then(rest).otherwise(plan.without_trunk(digits))
    return _opened(part.with_columns(number=number), plan, ~drops)


def _opened(part: pl.DataFrame, plan: Region, doubtful: pl.Expr) -> pl.DataFrame:
    """Leave to the library what is in doubt, and what parsing could read in another way."""
    digits = pl.col("digits")
    doubtful = doubtful | _matches(digits, plan.exit_rule) | digits.str.starts_with("00")
    doubtful = doubtful | _matches(digits, plan.other_trunk)
    return part.with_columns(code=pl.lit(plan.calling_code), is_open=~pl.col("is_plain") | doubtful)


def _matches(digits: pl.Expr, rule: str | None) -> pl.Expr:
    return digits.str.contains(rule) if rule is not None else pl.lit(value=False)


def _classify(frame: pl.DataFrame) -> pl.DataFrame:
    """Find the plan that holds each number; numbers that no plan holds are not valid."""
    found = []
    for (code,), part in frame.group_by(["code"]):
        left = part
        for plan in regions_of(str(code)):
            if left.is_empty():
                break
            # Where leading digits tell whose a number is, nobody else is asked about it.
            leads = left["number"].str.contains(plan.leading) if plan.leading else None
            asked = left if leads is None else left.filter(leads)
            kinds = plan.line_types(asked["number"])
            is_valid = kinds.is_not_null()
            found.append(
                asked.with_columns(kinds)
                .filter(is_valid)
                .select(
                    "row",
                    e164=pl.concat_str(pl.lit("+"), "code", "number"),
                    region=pl.lit(plan.code),
                    line_type="line_type",
                )
            )
            mine = is_valid if leads is None else leads
            left = left.filter(~mine)
    return pl.concat(found) if found else pl.DataFrame(schema={"row": pl.UInt32, **_SCHEMA})


def _ask(frame: pl.DataFrame) -> pl.DataFrame:
    """Ask the library, once per distinct number and country."""
    distinct = frame.select("raw", "country").unique(maintain_order=True)
    answers = [ask_library(*pair) for pair in distinct.rows()]
    table = pl.DataFrame(answers, schema=_SCHEMA, orient="row")
    known = distinct.hstack(table)
    return (
        frame.select("row", "raw", "country")
        .join(known, on=["raw", "country"], how="left", nulls_equal=True, maintain_order="left")
        .select("row", *_SCHEMA)
    )


@lru_cache(maxsize=200_000)
def ask_library(raw: str, country: str | None) -> tuple[str | None, str | None, str | None]:
    """Return (E.164, region, line type) as `phonenumbers` sees it: the meaning of this module.

    ``00`` counts as a plus also where the country dials abroad with other digits. Beyond the
    library: ``4915123456789`` in Germany is the mobile whose plus was lost, and not the landline
    that would fit as well.
    """
    texts = [raw]
    if raw.lstrip("( ").startswith("00"):
        texts.append("+" + raw.lstrip("( ")[2:])
    for text in texts:
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            number = _mobile_without_plus(text, country, number) or number
            return (
                phonenumbers.format_number(number, PhoneNumberFormat.E164),
                phonenumbers.region_code_for_number(number),
                _LINE_TYPES.get(phonenumbers.number_type(number), "unknown"),
            )
    return None, None, None


def _mobile_without_plus(
    text: str, country: str | None, found: phonenumbers.PhoneNumber
) -> phonenumbers.PhoneNumber | None:
    digits = text.lstrip("( ")
    plan = region(country) if country is not None else None
    if plan is None or not digits.startswith(plan.calling_code):
        return None
    if phonenumbers.number_type(found) != PhoneNumberType.FIXED_LINE:
        return None
    try:
        other = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    return other if phonenumbers.number_type(other) == PhoneNumberType.MOBILE else None


def _nothing(name: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.String).alias(name)


def _parts(parts: list[pl.DataFrame], frame: pl.DataFrame) -> pl.DataFrame:
    columns = ["row", "raw", "country", "code", "number", "is_open"]
    if parts:
        return pl.concat([part.select(columns) for part in parts])
    return frame.with_columns(_nothing("code"), _nothing("number"), is_open=True).select(columns)
