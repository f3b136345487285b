"""Which columns of a campaign file say who was treated, with which chance, and what came of it."""

import tomllib
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from pipelines.errors import UsageError
from pipelines.load.meaning.mapping import FileDialect

RAREST: Final = 1e-6
"""Least chance of either arm: below it one person would stand for more than a million."""


class Columns(BaseModel):
    """`[campaign]`: what is absent is found by its usual headers and values."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    treatment: str | None = None
    """Column that says who was treated."""
    treated: tuple[str, ...] = ()
    """Its values that mean treated."""
    control: tuple[str, ...] = ()
    """Its values that mean left alone; rows with neither are left out."""
    outcome: str | None = None
    positive: tuple[str, ...] = ()
    """Values of the outcome that mean converted; absent: a number."""
    propensity: str | float | None = None
    """Column with the chance, or the chance of everybody; absent: the share that was treated."""
    propensity_of: Literal["treatment", "what_happened"] = "treatment"
    """Whether the column has the chance to be treated, or that of what happened to the person."""
    score: str | None = None
    """Column by which to rank; absent: a ranking is learnt."""
    ignored: tuple[str, ...] = ()
    """Columns that were not known beforehand, or say nothing."""

    @field_validator("propensity", mode="before")
    @classmethod
    def _as_chance(cls, value: object) -> object:
        is_chance = isinstance(value, float) and RAREST <= value <= 1 - RAREST
        if not is_chance and not isinstance(value, str):
            raise ValueError("a number between 0 and 1, or the name of a column")
        return value

    @field_validator("treated", "control", "positive", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        values = value if isinstance(value, list | tuple) else [value]
        return tuple(str(int(v)) if isinstance(v, bool) else str(v) for v in values)


class CampaignMapping(BaseModel):
    """A mapping file for a campaign."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: FileDialect = FileDialect()
    campaign: Columns = Columns()


def load_campaign_mapping(path: Path) -> CampaignMapping:
    """Read a mapping file for a campaign.

    Raises
    ------
    UsageError
        It is missing, is no TOML, or has a key or value that nobody knows.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"{path.name} cannot be read as TOML: {error}", fix="correct it, or give another path"
        ) from None
    try:
        return CampaignMapping.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{path.name}: {key}: {first['msg'].removeprefix('Value error, ')}",
            expected=f"[file], and [campaign] with {', '.join(Columns.model_fields)}",
        ) from None
