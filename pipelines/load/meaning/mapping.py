"""The TOML mapping file: what the columns of an export mean, in the user's own words.

A contract others rely on: keys may be added, never changed. Unknown keys are refused, because a
misspelt key would otherwise be a column silently lost.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from pipelines.errors import UsageError
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.meaning.mapping_errors import problem
from pipelines.load.meaning.outcome_rules import MILESTONES, OPEN, meanings_of

PRESET_NAMES = ("salesforce", "hubspot", "odoo")
_STRICT = ConfigDict(frozen=True, extra="forbid")


class FileDialect(BaseModel):
    """`[file]`: how the file is written; what is absent is detected.

    Attributes
    ----------
    delimiter : str or None
        One to four characters.
    quote : str or None
        One character; empty: quotes are text.
    escape : str or None
        Character that makes a quote text inside of quotes; empty: quotes are doubled.
    skip : int or None
        Lines before the header, or before the first record of a file without one.
    header_rows : int or None
        Records that together name the columns.
    columns : tuple of str
        Names of the columns, instead of the header's.
    """

    model_config = _STRICT
    delimiter: str | None = Field(default=None, min_length=1, max_length=4)
    quote: str | None = Field(default=None, max_length=1)
    escape: str | None = Field(default=None, max_length=1)
    encoding: str | None = None
    header: bool | None = None
    header_rows: int | None = Field(default=None, ge=1, le=9)
    skip: int | None = Field(default=None, ge=0)
    columns: tuple[str, ...] = ()
    # Repair broken records where possible, as `load --salvage` does.
    salvage: bool = False


class Label(BaseModel):
    """`[label]`: a static outcome that stands in the lead file itself."""

    model_config = _STRICT
    column: str
    positive: tuple[str, ...] = Field(min_length=1)
    negative: tuple[str, ...] | None = None

    @field_validator("positive", "negative", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return _texts(value)


class Outcomes(BaseModel):
    """`[outcomes]`: milestones that a column's values tell of, in lead files and in outcome files.

    Attributes
    ----------
    column : str
        Header of the status, stage or phase.
    date : str or None
        Header that says when it came to the value it has; None: nobody says.
    open : tuple of str
        Values that tell of no milestone; any that is listed nowhere is reported.
    """

    model_config = _STRICT
    column: str
    date: str | None = None
    qualified: tuple[str, ...] = ()
    converted: tuple[str, ...] = ()
    opportunity: tuple[str, ...] = ()
    won: tuple[str, ...] = ()
    disqualified: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @field_validator(*MILESTONES, OPEN, mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return _texts(value)

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        meanings = self.meanings()
        if not set(meanings.values()) - {OPEN}:
            raise ValueError(f"lists no value under any of {', '.join(MILESTONES)}")
        return self

    def meanings(self) -> dict[str, str]:
        """Return folded value -> milestone or ``open``."""
        return meanings_of({name: getattr(self, name) for name in (*MILESTONES, OPEN)})


class Custom(BaseModel):
    """`[custom]`: columns that no canonical field claims."""

    model_config = _STRICT
    exclude: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()


class Dates(BaseModel):
    """`[dates]`: how dates are written and in which zone clocks without a zone ran."""

    model_config = _STRICT
    format: str | None = None
    timezone: str = "UTC"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not an IANA time zone such as Europe/Amsterdam")
        return value


class Numbers(BaseModel):
    """`[numbers]`: which character separates decimals."""

    model_config = _STRICT
    decimal: Literal[".", ","] = "."


class Consent(BaseModel):
    """`[consent]`: columns that carried a no and of which somebody knows that they changed.

    Attributes
    ----------
    dropped : tuple of str
        Columns that the source no longer has.
    retyped : tuple of str
        Columns that now hold another kind of cells.
    ignored : tuple of str
        Columns that look like a no by their name, and are none.
    """

    model_config = _STRICT
    dropped: tuple[str, ...] = ()
    retyped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class Identity(BaseModel):
    """`[identity]`: custom columns that tell people apart; an empty text: none does.

    Attributes
    ----------
    birth_date : str or None
        None, here as elsewhere: a column with a usual header, if there is one.
    person_number : str or None
        A number that a person keeps: of a citizen, an insured, a customer.
    suffix : str or None
        Jr, Sr, III.
    house_number : str or None
        What belongs before the street, where that is a column of its own.
    suburb : str or None
        Stands for the city where there is none.
    """

    model_config = _STRICT
    birth_date: str | None = None
    person_number: str | None = None
    suffix: str | None = None
    house_number: str | None = None
    suburb: str | None = None

    def told(self) -> dict[str, str]:
        """Return what to column, for what the file says."""
        return {name: column for name, column in self if column is not None}


def _texts(value: object) -> object:
    # Cells are text: positive = [1] means the same as positive = ["1"].
    if isinstance(value, list):
        return tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in value)
    return value


class Mapping(BaseModel):
    """A whole mapping file.

    Attributes
    ----------
    fields : dict of str to str
        Canonical field to header in the file; a value that begins with ``=`` is a constant.
    """

    model_config = _STRICT
    source_system: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_]{0,62}$")
    preset: Literal["salesforce", "hubspot", "odoo"] | None = None
    file: FileDialect = FileDialect()
    fields: dict[str, str] = Field(default_factory=dict)
    label: Label | None = None
    outcomes: tuple[Outcomes, ...] = ()
    custom: Custom = Custom()
    dates: Dates = Dates()
    numbers: Numbers = Numbers()
    consent: Consent = Consent()
    identity: Identity = Identity()
    _because: str = PrivateAttr(default="")

    @field_validator("outcomes", mode="before")
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        # [outcomes] is one table, [[outcomes]] several.
        return (value,) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        known = {field for kind in KINDS.values() for field in kind.fields}
        unknown = sorted(set(self.fields) - known)
        if unknown:
            raise ValueError(f"[fields] names {', '.join(unknown)}, which no kind knows")
        return self

    def proved(self, preset: str, fields: dict[str, str], because: str) -> Self:
        """Return the mapping with the preset that the content of a file proves, and why."""
        update = {"preset": preset, "fields": fields}
        found = self.model_copy(update=update)
        found._because = because
        return found

    @property
    def because(self) -> str:
        """Why the preset is the one; empty: somebody has named it."""
        return self._because

    def fingerprint(self) -> str:
        """Return the SHA-256 of the mapping's meaning: equal mappings, equal text order or not."""
        return hashlib.sha256(_canonical_json(self).encode()).hexdigest()


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    UsageError
        The file is missing, is not TOML, or holds a key or value that the contract does not know.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no mapping file {path.name}",
            fix=f"give a path, or one of {', '.join(PRESET_NAMES)}, auto",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"{path.name} cannot be read as TOML: {error}", fix="correct that line"
        ) from None
    try:
        return Mapping.model_validate(table)
    except ValidationError as error:
        known = dict.fromkeys(field for kind in KINDS.values() for field in kind.fields)
        found, expected, fix = problem(error, known)
        raise UsageError(f"{path.name}: {found}", expected, fix) from None


def _canonical_json(mapping: Mapping) -> str:
    # Pydantic writes fields in declaration order; only the free dict needs sorting.
    ordered = mapping.model_copy(update={"fields": dict(sorted(mapping.fields.items()))})
    # [consent] says who has looked, not what the columns mean; salvage is a word of its own in the
    # id of a batch, whoever asked for it; a mapping without [outcomes] or [identity] keeps the id
    # it had before there were any.
    unsaid: dict[str, bool] = {} if mapping.outcomes else {"outcomes": True}
    unsaid |= {} if mapping.identity.told() else {"identity": True}
    later = {"escape", "header_rows", "skip", "columns"} - mapping.file.model_fields_set
    return ordered.model_dump_json(exclude={"consent": True, "file": {"salvage", *later}, **unsaid})
