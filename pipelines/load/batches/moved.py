"""A no in a repaired record whose cells may stand in the wrong column is never lost.

A repair that cuts, joins or fills cells can move them. So what reads like a no binds wherever it
stands in such a record, and a no holds for every channel. An opt-out that is told by nothing left
in the record, because it was cut off, cannot be found here: `is_uncertain` names such leads.
"""

import re
from collections.abc import Iterable

import polars as pl

from pipelines.load.meaning.plan import Plan
from pipelines.load.normalise.text import TRUE_WORDS, opt_out
from pipelines.load.read.salvage.repair import IN_PLACE, Repair
from pipelines.load.rows.words import CONSENT_STATUSES

# Beside the codes of the repairs: only an unbroken record tells whether the lead has opted out.
FLAGS_UNCERTAIN = "flags_uncertain"

_RESULTS = (
    "opted_out",
    "opt_out",
    "unsubscribed",
    "unsubscribe",
    "complaint",
    "spam_complaint",
    "do_not_call",
)
# Kind -> the fields that may say no (the first one supplied is filled), and word -> what is filled.
_NO = {
    "consent": (("status",), {s: CONSENT_STATUSES[s] for s in ("opt_out", "objected_profiling")}),
    "attempts": (("disposition",), {"opted_out": " ".join(_RESULTS)}),
    "activities": (("result", "disposition"), {"opted_out": " ".join(_RESULTS)}),
}
# A record of these that says no does so for as long, and on as many channels, as it can.
_LIMITS = {"consent": ("channel",), "suppressions": ("channel", "since", "until")}

_DAY = r"^\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b"
_DIALLED = r"^\s*\+?[\d\s().\-/]{7,}$"


def is_moved(repair: pl.Expr) -> pl.Expr:
    """Tell whether a repair may have put cells into other columns. Utf8 -> Boolean."""
    return ~repair.is_in([*IN_PLACE, Repair.HEADER_REPAIRED])


def is_uncertain(repair: pl.Expr, plan: Plan) -> pl.Expr:
    """Tell whether a repaired lead may have lost an opt-out. Utf8 -> Boolean.

    A flag that may have moved counts as a no; so does one whose column a repaired header may hide.
    """
    if plan.kind.name != "leads":
        return pl.lit(value=False)
    is_named_anew = repair == Repair.HEADER_REPAIRED
    return is_named_anew | is_moved(repair) if plan.opt_outs else is_named_anew


def with_every_no(
    frame: pl.DataFrame, plan: Plan, moved: pl.Series, by_blanks: pl.Series
) -> pl.DataFrame:
    """Put what reads like a no into the columns that say it.

    Parameters
    ----------
    frame : pl.DataFrame
        ``row_number`` and the raw columns as Utf8.
    moved : pl.Series
        Int64 numbers of the records whose cells may have moved.
    by_blanks : pl.Series
        Those of them in which a blank may have divided cells.
    """
    is_here = frame["row_number"].is_in(moved.implode())
    if not is_here.any():
        return frame
    part = frame.filter(is_here)
    wide = part["row_number"].is_in(by_blanks.implode())
    headers = [h for h in plan.headers if h in part.columns]
    if plan.kind.name == "leads":
        part = _flags_set(part, plan, headers, wide)
    elif plan.kind.name in _NO:
        part = _word_set(part, plan, headers, wide)
    elif plan.kind.name == "suppressions":
        part = _points_found(part, plan, headers)
    limits = [plan.claims[n] for n in _LIMITS.get(plan.kind.name, ()) if n in plan.claims]
    part = part.with_columns(pl.lit(None, dtype=pl.String).alias(h) for h in limits)
    return pl.concat([frame.filter(~is_here), part]).sort("row_number", maintain_order=True)


def _flags_set(part: pl.DataFrame, plan: Plan, headers: list[str], wide: pl.Series) -> pl.DataFrame:
    flags = {h for columns in plan.opt_outs.values() for h in columns}
    is_loud = _says(part, [h for h in headers if h not in flags], TRUE_WORDS, wide)
    # A flag may also have landed in the column of another one.
    is_loud |= part.select(
        pl.any_horizontal(pl.lit(value=False), *(opt_out(h) for h in sorted(flags)))
    ).to_series()
    first = [columns[0] for columns in plan.opt_outs.values()]
    return part.with_columns(
        pl.when(is_loud & ~opt_out(h)).then(pl.lit("yes")).otherwise(h).alias(h)
        for h in dict.fromkeys(first)
    )


def _word_set(part: pl.DataFrame, plan: Plan, headers: list[str], wide: pl.Series) -> pl.DataFrame:
    fields, meanings = _NO[plan.kind.name]
    column = next((plan.claims[name] for name in fields if name in plan.claims), None)
    if column is None:
        return part
    for meaning, aliases in meanings.items():
        is_loud = _says(part, headers, aliases.split(), wide)
        part = part.with_columns(
            pl.when(is_loud).then(pl.lit(meaning)).otherwise(column).alias(column)
        )
    return part


def _points_found(part: pl.DataFrame, plan: Plan, headers: list[str]) -> pl.DataFrame:
    """Gather the addresses and numbers of each record in the columns that are read for them."""
    mail, phone = plan.claims.get("email"), plan.claims.get("phone")
    if mail is not None:
        every = pl.concat_list(pl.col(h) for h in headers).list.eval(
            pl.element().filter(pl.element().str.contains("@", literal=True))
        )
        part = part.with_columns(
            pl.when(every.list.len() > 0).then(every.list.join("; ")).otherwise(mail).alias(mail)
        )
    if phone is not None:
        each = pl.element()
        is_number = each.str.contains(_DIALLED) & ~each.str.contains(_DAY)
        others = [h for h in headers if h not in (phone, mail)]
        every = pl.concat_list(pl.col(h) for h in (phone, *others)).list.eval(
            each.filter(is_number)
        )
        part = part.with_columns(
            pl.when(every.list.len() > 0).then(every.list.join("; ")).otherwise(phone).alias(phone)
        )
    return part


def _says(
    part: pl.DataFrame, headers: Iterable[str], words: Iterable[str], wide: pl.Series
) -> pl.Series:
    """Tell which records hold one of the words as a cell, or as a part of one."""
    spelt = "|".join(re.escape(word).replace("_", r"[\s_/-]+") for word in words)
    narrow, blanks = (
        rf"(?i)(?:^|[{ends}])\s*(?:{spelt})\s*(?:$|[{ends}])" for ends in (r",;|\t\"'", r",;|\s\"'")
    )
    columns = list(headers)
    if not columns:
        return pl.Series([False]).new_from_index(0, part.height)
    found = pl.any_horizontal(
        pl.when(wide).then(pl.col(h).str.contains(blanks)).otherwise(pl.col(h).str.contains(narrow))
        for h in columns
    )
    return part.select(found.fill_null(value=False)).to_series()
