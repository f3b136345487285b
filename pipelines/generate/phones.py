"""Telephone numbers: valid ones, from ranges kept for fiction as long as those last.

The first blocks (every sample, every test) draw landlines from ranges that regulators keep for
film and television, and North American numbers from the 555 exchange; a larger world needs more
numbers than fiction has and draws from whole valid ranges. Sources: NANPA (555), Ofcom "telephone
numbers for use in TV and radio drama", Bundesnetzagentur "Drama Numbers", Arcep decision 2018-0881,
ACMA "phone numbers for use in TV shows, films and creative works". The Netherlands, Belgium and
Spain keep none.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Bools, Dice, Ints, pick
from pipelines.generate.places import COUNTRY_CODES

FICTION_BLOCKS: Final = 2
FORMATS: Final = ("e164", "spaced", "zeros", "national", "brackets", "bare", "extension")
_FORMAT_SHARE: Final = (0.26, 0.2, 0.08, 0.2, 0.14, 0.08, 0.04)


@dataclass(frozen=True)
class Ranges:
    """Numbers that start with one of ``heads`` and go on with ``digits`` free digits."""

    heads: tuple[str, ...]
    digits: int

    @property
    def capacity(self) -> int:
        """How many numbers there are."""
        return int(len(self.heads) * 10**self.digits)


def _ranges(heads: str, digits: int, tail: str = "") -> Ranges:
    return Ranges(tuple(head + tail for head in heads.split()), digits)


_US: Final = (
    "201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 "
    "239 240 248 251 252 253 254 256 260 262 267 269 270 301 302 303 304 305 307 308 309 310 312 "
    "313 314 315 316 317 318 319 320 321 323 330 334 336 337 339 347 351 352 360 361 386 401 402"
)
_CANADA: Final = "204 250 306 403 416 418 450 506 514 519 604 613 705 709 780 807 819 902 905"
_NORTH_AMERICA: Final = (_ranges(_US, 4, "555"), _ranges(_CANADA, 4, "555"))
_UK: Final = "113 114 117 121 131 141 151 161"

_UK_FICTION: Final = (
    "1134960 1144960 1174960 1214960 1314960 1414960 1514960 1614960 "
    "2079460 2890180 2920180 1914980"
)

# (fiction, wide) landline ranges and mobile ranges, national significant numbers.
LANDLINES: Final[dict[str, tuple[Ranges, Ranges]]] = {
    "US": (_NORTH_AMERICA[0], _ranges(_US, 6, "6")),
    "CA": (_NORTH_AMERICA[1], _ranges(_CANADA, 6, "6")),
    "GB": (
        _ranges(_UK_FICTION, 3),
        _ranges("203 207 208 " + _UK, 6, "4"),
    ),
    "NL": (_ranges("10 20 30 40 70", 7),) * 2,
    "DE": (
        _ranges("3023125 6990009 4066969 2214710 8999998", 3),
        _ranges("30 40 69 89 221", 6, "44"),
    ),
    "FR": (_ranges("19900 26191 35301 46571 53649", 4), _ranges("14 24 34 44 54", 7)),
    "BE": (_ranges("25 27", 6),) * 2,
    "ES": (_ranges("91 93", 7),) * 2,
    "AU": (_ranges("25550 27010 35550 37010 75550 77010", 4), _ranges("29 39 73", 7)),
}
MOBILES: Final[dict[str, Ranges]] = {
    "US": _ranges(_US, 4, "555"),
    "CA": _ranges(_CANADA, 4, "555"),
    "GB": _ranges("7400 7500 7700 7800 7900 7985 7990", 5, "1"),
    "NL": _ranges("612 613 614 615 616 617", 6),
    "DE": _ranges("151 160 170 171 175", 7, "1"),
    "FR": _ranges("61 62 66", 7),
    "BE": _ranges("47 48 49", 7),
    "ES": _ranges("61 62 65", 7),
    "AU": _ranges("40 41 42", 7),
}
_CALLING_CODES: Final = {
    "US": "1",
    "CA": "1",
    "GB": "44",
    "NL": "31",
    "DE": "49",
    "FR": "33",
    "BE": "32",
    "ES": "34",
    "AU": "61",
}


def numbers(dice: Dice, topic: str, country: Ints, *, is_mobile: bool) -> pl.Series:
    """Give each entry a number of its country: national significant number, (n,) text.

    Within the fiction blocks numbers do not repeat as long as the range lasts; later ones are
    drawn at random.
    """
    rng = dice.stream(topic)
    n = country.size
    heads: list[str] = []
    head = np.zeros(n, dtype=np.int64)
    rest = np.zeros(n, dtype=np.int64)
    width = np.zeros(n, dtype=np.int64)
    is_fiction = dice.block < FICTION_BLOCKS
    for code, name in enumerate(COUNTRY_CODES):
        mine = np.flatnonzero(country == code)
        if is_mobile:
            plan = MOBILES[name]
            if not is_fiction and name in {"US", "CA"}:
                plan = LANDLINES[name][1]
        else:
            plan = LANDLINES[name][0 if is_fiction else 1]
        if is_fiction:
            # Blocks and kinds take turns in the range; 7919 shares no factor with any capacity.
            shift = plan.capacity * (2 * dice.block + is_mobile) // (2 * FICTION_BLOCKS)
            index = (rng.permutation(mine.size) + shift) * 7919 % plan.capacity
        else:
            index = rng.integers(0, plan.capacity, mine.size)
        head[mine] = len(heads) + index // 10**plan.digits
        rest[mine] = index % 10**plan.digits
        width[mine] = plan.digits
        heads.extend(plan.heads)
    digits = pl.Series(rest + 10**width).cast(pl.String).str.slice(1)
    return (pl.Series(heads).gather(head) + digits).replace({"5551212": "5551213"})


def spelled(rng: np.random.Generator, number: pl.Series, country: Ints) -> pl.Series:
    """Write numbers the odd ways exports hold them: +, 00, national, brackets, extension.

    Returns (n,) text; null stays null.
    """
    frame = pl.DataFrame(
        {
            "number": number,
            "code": pl.Series([_CALLING_CODES[c] for c in COUNTRY_CODES]).gather(country),
            "format": pick(rng, country.size, _FORMAT_SHARE),
            "extension": rng.integers(10, 999, country.size),
            "is_nanp": np.isin(country, [COUNTRY_CODES.index(c) for c in ("US", "CA")]),
            "has_no_trunk": country == COUNTRY_CODES.index("ES"),
        }
    )
    n = pl.col("number")
    nanp = (n.str.slice(0, 3), n.str.slice(3, 3), n.str.slice(6))
    trunk = pl.when("has_no_trunk").then(n).otherwise("0" + n)
    first, second, third = n.str.slice(0, 2), n.str.slice(2, 3), n.str.slice(5)
    other = {
        "e164": "+" + pl.col("code") + n,
        "spaced": pl.concat_str(
            pl.lit("+"), "code", pl.lit(" "), first, pl.lit(" "), second, pl.lit(" "), third
        ),
        "zeros": "00" + pl.col("code") + n,
        "national": trunk,
        "brackets": pl.concat_str(
            pl.lit("+"),
            "code",
            pl.when("has_no_trunk").then(pl.lit(" ")).otherwise(pl.lit(" (0)")),
            first,
            pl.lit(" "),
            n.str.slice(2),
        ),
        "bare": pl.when("has_no_trunk")
        .then(n)
        .otherwise(pl.concat_str(pl.lit("0"), first, pl.lit("/"), n.str.slice(2))),
        "extension": "+" + pl.col("code") + n + " ext. " + pl.col("extension").cast(pl.String),
    }
    american = {
        "e164": "+1" + n,
        "spaced": pl.concat_str(pl.lit("+1 "), nanp[0], pl.lit("-"), nanp[1], pl.lit("-"), nanp[2]),
        "zeros": pl.concat_str(pl.lit("1-"), nanp[0], pl.lit("-"), nanp[1], pl.lit("-"), nanp[2]),
        "national": pl.concat_str(nanp[0], pl.lit("-"), nanp[1], pl.lit("-"), nanp[2]),
        "brackets": pl.concat_str(
            pl.lit("("), nanp[0], pl.lit(") "), nanp[1], pl.lit("-"), nanp[2]
        ),
        "bare": n,
        "extension": pl.concat_str(
            nanp[0],
            pl.lit("."),
            nanp[1],
            pl.lit("."),
            nanp[2],
            pl.lit(" x"),
            pl.col("extension").cast(pl.String),
        ),
    }
    spelling = pl.lit(None, dtype=pl.String)
    for code, name in enumerate(FORMATS):
        chosen = pl.when("is_nanp").then(american[name]).otherwise(other[name])
        spelling = pl.when(pl.col("format") == code).then(chosen).otherwise(spelling)
    return frame.select(spelling.alias("phone")).to_series()


def with_placeholders(phones: pl.Series, is_placeholder: Bools, which: pl.Series) -> pl.Series:
    """Replace the chosen entries by values people type when they have no number."""
    return pl.select(pl.when(pl.Series(is_placeholder)).then(which).otherwise(phones)).to_series()


def e164(number: pl.Series, country: Ints) -> pl.Series:
    """Write national significant numbers as E.164; null stays null."""
    code = pl.Series([f"+{_CALLING_CODES[c]}" for c in COUNTRY_CODES]).gather(country)
    return code + number
