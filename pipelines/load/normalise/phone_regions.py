"""Numbering plans as vectorised rules, compiled from the metadata that `phonenumbers` ships."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from pipelines.load.normalise.digit_automaton import DigitAutomaton, digit_automaton

# The order in which phonenumbers.number_type asks; a number of these types is no landline.
_SPECIAL = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
# What a plan asks of a number, as bits, to the kind of line; null: not valid.
_GENERAL, _SPECIAL_LINE, _FIXED, _MOBILE = 1, 2, 4, 8
_NOTHING = r"^[^\s\S]$"


@dataclass(frozen=True)
class Region:
    """The plan of one country.

    Parameters
    ----------
    code : str
        ISO 3166-1 alpha-2.
    calling_code : str
    general, special, fixed, mobile : str
        Anchored regular expressions over the national significant number; `special` and the like
        never match when the plan has no such numbers.
    lengths : tuple of int
        Possible lengths of a national significant number.
    trunk : str or None
        Digits dialled before national numbers, when they are plain.
    other_trunk : str or None
        Anchored expression of anything else that parsing would strip from the front.
    exit_rule : str
        Anchored expression of the prefix for calls abroad.
    leading : str or None
        Anchored expression that claims numbers of a calling code shared by several countries.
    """

    code: str
    calling_code: str
    general: str
    special: str
    fixed: str
    mobile: str
    lengths: tuple[int, ...]
    trunk: str | None
    other_trunk: str | None
    exit_rule: str
    leading: str | None

    def is_general(self, number: pl.Expr) -> pl.Expr:
        """Tell whether `number` fits the plan at all."""
        return number.str.contains(self.general) & number.str.len_bytes().is_in(self.lengths)

    def fits(self, number: pl.Expr) -> pl.Expr:
        """Tell whether `number` looks like the plan, of whatever length; what parsing asks."""
        return number.str.contains(self.general)

    def without_trunk(self, digits: pl.Expr) -> pl.Expr:
        """Strip the trunk prefix where parsing would."""
        if self.trunk is None:
            return digits
        rest = digits.str.slice(len(self.trunk))
        keeps = self.fits(digits) & ~self.fits(rest)
        return pl.when(digits.str.starts_with(self.trunk) & ~keeps).then(rest).otherwise(digits)

    def line_type(self, number: pl.Expr) -> pl.Expr:
        """Name the line: special, both, mobile or landline; null when the number is not valid."""
        fixed = number.str.contains(self.fixed)
        if self.fixed == self.mobile:
            # North America: nobody can tell, and one question is enough.
            is_any = number.str.contains(self.special) | fixed
            return pl.when(self.is_general(number) & is_any).then(pl.lit("unknown"))
        mobile = number.str.contains(self.mobile)
        kind = (
            pl.when(number.str.contains(self.special))
            .then(pl.lit("unknown"))
            .when(fixed & mobile)
            .then(pl.lit("unknown"))
            .when(fixed)
            .then(pl.lit("landline"))
            .when(mobile)
            .then(pl.lit("mobile"))
        )
        return pl.when(self.is_general(number)).then(kind)

    def line_types(self, numbers: pl.Series) -> pl.Series:
        """Do to a whole column of digits what `line_type` does; no value is null."""
        automaton = _automaton(self.code)
        if automaton is None:
            return numbers.to_frame("n").select(self.line_type(pl.col("n")).alias("line_type"))[
                "line_type"
            ]
        sizes = np.zeros(256, dtype=bool)
        sizes[list(self.lengths)] = True
        is_possible = sizes[np.minimum(numbers.str.len_bytes().to_numpy(), 255)]
        kinds = _kinds(is_told=self.fixed != self.mobile)[automaton.run(numbers)]
        words = pl.Series("line_type", [None, "unknown", "landline", "mobile"], dtype=pl.String)
        return words.gather(np.where(is_possible, kinds, 0))

    def trunk_stripped(self, digits: pl.Series) -> pl.Series:
        """Do to a whole column what `without_trunk` does, looking only where a prefix may be."""
        rows = digits.str.starts_with(self.trunk or "\0").arg_true()
        if rows.is_empty():
            return digits
        given = digits.gather(rows).to_frame()
        stripped = given.select(self.without_trunk(pl.col(digits.name))).to_series()
        stripped = stripped.alias(digits.name)
        return stripped if len(rows) == len(digits) else digits.clone().scatter(rows, stripped)


@cache
def region(code: str) -> Region | None:
    """Return the plan of a country; None when the library knows none."""
    found = PhoneMetadata.metadata_for_region(code, None)
    if found is None:
        return None
    trunk, other_trunk = _trunk(found.national_prefix_for_parsing)
    return Region(
        code=code,
        calling_code=str(found.country_code),
        general=_anchored(_pattern(found.general_desc)),
        special=_anchored("|".join(p for n in _SPECIAL if (p := _pattern(getattr(found, n))))),
        fixed=_anchored(_pattern(found.fixed_line)),
        mobile=_anchored(_pattern(found.mobile)),
        lengths=tuple(n for n in _lengths(found.general_desc) if n > 0),
        trunk=trunk,
        other_trunk=other_trunk,
        exit_rule=f"^(?:{found.international_prefix or '00'})",
        leading=f"^(?:{found.leading_digits})" if found.leading_digits else None,
    )


@cache
def _automaton(code: str) -> DigitAutomaton | None:
    plan = region(code)
    if plan is None:
        return None
    asked = (plan.general, plan.special, plan.fixed, plan.mobile)
    # Nothing in place of numbers that the plan does not have: an empty number is never asked about.
    bare = ["" if rule == _NOTHING else rule.removeprefix("^").removesuffix("$") for rule in asked]
    return digit_automaton(bare)


@cache
def _kinds(*, is_told: bool) -> npt.NDArray[np.uint8]:
    """Return bits to 0 (not valid), 1 (unknown), 2 (landline) or 3 (mobile), as `line_type`."""
    kinds = np.zeros(16, dtype=np.uint8)
    for bits in range(16):
        is_fixed, is_mobile = bool(bits & _FIXED), bool(bits & _MOBILE)
        is_unclear = bool(bits & _SPECIAL_LINE) or (is_fixed and (is_mobile or not is_told))
        if bits & _GENERAL and (is_unclear or is_fixed or (is_told and is_mobile)):
            kinds[bits] = 1 if is_unclear else 2 if is_fixed else 3
    return kinds


@cache
def regions_of(calling_code: str) -> tuple[Region, ...]:
    """Return the plans that share a calling code, the main country first."""
    codes = COUNTRY_CODE_TO_REGION_CODE.get(int(calling_code), ())
    found = (region(code) for code in codes if code != "001")
    return tuple(plan for plan in found if plan is not None)


@cache
def calling_codes() -> str:
    """Return an anchored expression that captures the calling code of an international number."""
    # Calling codes are prefix-free, so the order of the alternatives does not matter.
    codes = sorted(
        str(code) for code, owners in COUNTRY_CODE_TO_REGION_CODE.items() if "001" not in owners
    )
    return f"^({'|'.join(codes)})"


def _trunk(rule: str | None) -> tuple[str | None, str | None]:
    """Split a parsing rule such as ``(183[12])|0`` into its plain digits and the rest."""
    if not rule:
        return None, None
    parts = rule.split("|")
    plain = [part for part in parts if part.isdigit()]
    rest = [part for part in parts if not part.isdigit()]
    whole = all(part.count("(") == part.count(")") for part in rest)
    firsts = {part.lstrip("(?:")[:1] for part in rest} | {part[:1] for part in plain[1:]}
    if not plain or not whole or plain[0][0] in firsts or firsts & {"[", "\\"}:
        return None, f"^(?:{rule})"
    rest += plain[1:]
    return plain[0], f"^(?:{'|'.join(rest)})" if rest else None


def _lengths(desc: object) -> tuple[int, ...]:
    return getattr(desc, "possible_length", None) or ()


def _pattern(desc: object) -> str:
    return getattr(desc, "national_number_pattern", None) or ""


def _anchored(pattern: str) -> str:
    # [^\s\S] matches nothing: an absent kind of number must never match. Digits are ASCII here.
    ascii_only = pattern.replace(r"\d", "[0-9]")
    return f"^(?:{ascii_only})$" if pattern else _NOTHING
