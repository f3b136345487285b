"""A campaign that treated people by lot, read from any file that `load` reads; not stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.errors import BadInputError, UsageError
from pipelines.load.campaign.mapping import RAREST, CampaignMapping
from pipelines.load.read.discover import inspect
from pipelines.load.read.reader import open_export
from pipelines.store import Database

_ROW: Final = "row_number"
_TREATMENT: Final = (
    "treatment", "treated", "istreated", "treatmentgroup", "assignment", "assigned", "arm",
    "testgroup", "experimentgroup", "group", "variant", "promotion", "segment", "w",
)  # fmt: skip
_OUTCOME: Final = (
    "outcome", "converted", "conversion", "isconverted", "purchase", "purchased", "response",
    "responded", "target", "label", "y", "visit",
)  # fmt: skip
_PROPENSITY: Final = (
    "propensity", "propensityscore", "treatmentpropensity", "ptreatment", "probtreatment",
    "loggingpropensity", "ps",
)  # fmt: skip
# Known only after the treatment: never what a ranking goes by.
_AFTERWARDS: Final = (
    *_OUTCOME, "spend", "revenue", "amount", "exposure", "exposed", "click", "clicked", "opened",
)  # fmt: skip
_YES: Final = ("1", "1.0", "true", "t", "yes", "y", "treated", "treatment", "test", "exposed")
_NO: Final = (
    "0", "0.0", "false", "f", "no", "n", "control", "untreated", "none", "holdout", "placebo",
    "not treated", "no treatment", "-1",
)  # fmt: skip
_SHOWN: Final = 12
# Fourth powers of sums of such numbers are numbers still.
_LARGEST: Final = 1e50


@dataclass(frozen=True)
class CampaignFile:
    """The people of a campaign.

    Parameters
    ----------
    treated : (n,) bool
    outcome : (n,) float64
    chance : (n,) float64 or None
        To be treated; None: the file does not say.
    score : (n,) float64 or None
    covariates : pl.DataFrame
        What else the file has, as text, gaps null; columns known only afterwards are left out.
    columns : dict of str to str
        What was taken for what.
    left_out : dict of str to str
        Column to the reason why it is no covariate.
    records, unread : int
        Records in the file; those of them that cannot be read or are of neither arm.
    """

    treated: npt.NDArray[np.bool_]
    outcome: npt.NDArray[np.float64]
    chance: npt.NDArray[np.float64] | None
    score: npt.NDArray[np.float64] | None
    covariates: pl.DataFrame
    columns: dict[str, str]
    left_out: dict[str, str]
    records: int
    unread: int


def read_campaign(file: Path, mapping: CampaignMapping, scratch: Path) -> CampaignFile:
    """Read a campaign file.

    Parameters
    ----------
    scratch : pathlib.Path
        Folder for a copy of what no reader takes as it is.

    Raises
    ------
    BadInputError
        The file cannot be used.
    UsageError
        What only the mapping can tell: columns or values that mean nothing to us.
    """
    with Database.memory(1.0, 2, scratch) as db:
        records = open_export(inspect(file), mapping.file, db, scratch)
        frames = [frame.drop(_ROW) for frame in records.batches(db)]
    if not frames:
        raise BadInputError(f"{file.name} has no records", "people, treated and not")
    frame = pl.concat(frames)
    frame = frame.with_columns(
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name).str.strip_chars())
        for name in frame.columns
    )
    given = mapping.campaign
    names = frame.columns
    treatment = _column("treatment", given.treatment, names, _TREATMENT, file.name)
    outcome = _column("outcome", given.outcome, names, _OUTCOME, file.name)
    propensity = _propensity(given.propensity, names, file.name)
    if given.score is not None:
        _column("score", given.score, names, (), file.name)
    arm = _arm(frame[treatment], given.treated, given.control)
    result = _result(frame[outcome], given.positive)
    _need_within(result, outcome, file.name, -_LARGEST, _LARGEST)
    known = arm.is_not_null() & result.is_not_null()
    chance = None
    if propensity is not None:
        chance = _number(frame[propensity])
        if given.propensity_of == "what_happened":
            chance = pl.select(pl.when(arm).then(chance).otherwise(1 - chance)).to_series()
        _need_within(chance.filter(known), propensity, file.name, RAREST, 1 - RAREST)
        known &= chance.is_not_null()
    score = None if given.score is None else _number(frame[given.score])
    if score is not None:
        _need_within(score, str(given.score), file.name, -_LARGEST, _LARGEST)
        known &= score.is_finite()
    known = known.fill_null(value=False)
    _need_both(arm.filter(known), treatment, file.name)
    used = {treatment, outcome, propensity, given.score}
    left_out = _left_out([name for name in names if name not in used], given.ignored)
    return CampaignFile(
        treated=arm.filter(known).to_numpy(),
        outcome=result.filter(known).to_numpy(),
        chance=None if chance is None else chance.filter(known).to_numpy(),
        score=None if score is None else score.filter(known).to_numpy(),
        covariates=frame.filter(known).select(
            name for name in names if name not in used and name not in left_out
        ),
        columns={
            "treatment": treatment,
            "outcome": outcome,
            **({} if propensity is None else {"propensity": propensity}),
            **({} if given.score is None else {"score": given.score}),
        },
        left_out=left_out,
        records=records.total,
        unread=records.total - int(known.sum()),
    )


def _column(
    what: str, given: str | None, names: Sequence[str], words: Sequence[str], file: str
) -> str:
    """Return the header of a column: the given one, or the one that is called as usual."""
    if given is not None and given in names:
        return given
    usual = [[name for name in names if _folded(name) == word] for word in words]
    found = next((hits for hits in usual if hits), [])
    if given is not None or len(found) != 1:
        raise UsageError(
            f"{file}: no column {given!r}" if given else f"{file}: which column is the {what}?",
            expected=f"one of {', '.join(names[:_SHOWN])}",
            fix=f'name it in a mapping file: [campaign] {what} = "..."',
        )
    return found[0]


def _propensity(given: str | float | None, names: Sequence[str], file: str) -> str | None:
    """Return the column with chances; None: there is none, or the mapping gives one number."""
    if isinstance(given, float):
        return None
    if given is not None or any(_folded(name) in _PROPENSITY for name in names):
        return _column("propensity", given, names, _PROPENSITY, file)
    return None


def _arm(column: pl.Series, treated: Sequence[str], control: Sequence[str]) -> pl.Series:
    """Return who was treated; null: of neither arm."""
    text = column.str.to_lowercase()
    values = text.drop_nulls().unique().sort().to_list()
    yes = [one.strip().lower() for one in treated] or [v for v in values if v in _YES]
    no = [one.strip().lower() for one in control] or [
        v for v in values if (v not in yes if treated else v in _NO)
    ]
    unclear = [value for value in values if value not in {*yes, *no}]
    if unclear and not control:
        raise UsageError(
            f"{column.name!r} holds {len(unclear)} value(s) of which it is not clear whether they"
            " mean treated",
            expected="yes and no, 1 and 0, treatment and control",
            fix='say it in a mapping file: [campaign] treated = ["..."], control = ["..."]',
        )
    found = pl.when(text.is_in(yes)).then(pl.lit(1)).when(text.is_in(no)).then(pl.lit(0))
    return pl.select(found.cast(pl.Boolean).alias("treated")).to_series()


def _result(column: pl.Series, positive: Sequence[str]) -> pl.Series:
    text = column.str.to_lowercase()
    if positive:
        wanted = [one.strip().lower() for one in positive]
        return text.is_in(wanted).cast(pl.Float64)
    number = _number(column)
    if number.null_count() == column.null_count():
        return number
    values = set(text.drop_nulls().unique().to_list())
    if values <= {*_YES, *_NO}:
        return text.replace_strict(
            [*_YES, *_NO], [*[1.0] * len(_YES), *[0.0] * len(_NO)], return_dtype=pl.Float64
        )
    raise UsageError(
        f"the outcome {column.name!r} is no number",
        expected="0 and 1, yes and no, or an amount",
        fix='say what means converted: [campaign] positive = ["..."]',
    )


def _number(column: pl.Series) -> pl.Series:
    number = column.cast(pl.Float64, strict=False)
    return number.set(~number.is_finite().fill_null(value=True), None)


def _need_within(numbers: pl.Series, column: str, file: str, least: float, most: float) -> None:
    beyond = int((~numbers.is_between(least, most)).sum())
    if beyond:
        raise BadInputError(
            f"{file}: {column!r} has {beyond} number(s) below {least:g} or above {most:.8g}",
            expected=f"numbers from {least:g} to {most:.8g}",
            fix="correct the column, or leave these rows out",
        )


def _need_both(arm: pl.Series, treatment: str, file: str) -> None:
    if arm.n_unique() < 2:
        raise BadInputError(
            f"{file}: {treatment!r} has people of one arm only",
            expected="people who were treated, and people who were not, by lot",
        )


def _left_out(names: Sequence[str], ignored: Sequence[str]) -> dict[str, str]:
    found = {name: "named in ignored" for name in names if name in ignored}
    for name in names:
        if name not in found and _folded(name) in _AFTERWARDS:
            found[name] = "by its name known only afterwards"
    return found


def _folded(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
