"""The TOML mapping file: what the columns of an export mean, in the user's own words.

A contract others rely on: keys may be added, never changed. Unknown keys are refused, because a
misspelt key would otherwise be a column silently lost.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipelines.errors import UsageError
from pipelines.load.kinds import KINDS

PRESET_NAMES = ("salesforce", "hubspot", "odoo")
_STRICT = ConfigDict(frozen=True, extra="forbid")


class FileDialect(BaseModel):
    """`[file]`: how the file is written; what is absent is detected."""

    model_config = _STRICT
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str | None = None
    header: bool | None = None


class Label(BaseModel):
    """`[label]`: a static outcome that stands in the lead file itself."""

    model_config = _STRICT
    column: str
    positive: tuple[str, ...] = Field(min_length=1)
    negative: tuple[str, ...] | None = None

    @field_validator("positive", "negative", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        # Cells are text: positive = [1] means the same as positive = ["1"].
        if isinstance(value, list):
            return tuple(str(v).lower() if isinstance(v, bool) else str(v) for v in value)
        return value


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
    custom: Custom = Custom()
    dates: Dates = Dates()
    numbers: Numbers = Numbers()

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        known = {field for kind in KINDS.values() for field in kind.fields}
        unknown = sorted(set(self.fields) - known)
        if unknown:
            raise ValueError(f"[fields] names {', '.join(unknown)}, which no kind knows")
        return self

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
        raise UsageError(f"{path.name}: {_first_problem(error)}", fix=_FIX) from None


_FIX = (
    "use source_system, preset, [file] delimiter quote encoding header, [fields], "
    "[label] column positive negative, [custom] exclude immutable, "
    "[dates] format timezone, [numbers] decimal"
)


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"the key {where} is unknown"
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def _canonical_json(mapping: Mapping) -> str:
    # Pydantic writes fields in declaration order; only the free dict needs sorting.
    ordered = mapping.model_copy(update={"fields": dict(sorted(mapping.fields.items()))})
    return ordered.model_dump_json()
